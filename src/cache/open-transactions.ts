/**
 * Transactions that book just now, and how far each keeps its pages out of the cache: under which epoch it bars them, or
 * not at all (null). A cache may be trusted only once every transaction that is open bars its pages where it looks.
 */
export class OpenTransactions {
  readonly #open = new Set<OpenTransaction>()

  begin(epoch: string | null): OpenTransaction {
    const transaction = { epoch }
    this.#open.add(transaction)
    return transaction
  }

  /** May be said again. */
  end(transaction: OpenTransaction): void {
    this.#open.delete(transaction)
  }

  allBarUnder(epoch: string): boolean {
    return [...this.#open].every((transaction) => transaction.epoch === epoch)
  }
}

export interface OpenTransaction {
  epoch: string | null
}
