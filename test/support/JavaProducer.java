import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * java -cp KAFKA JavaProducer.java SERVERS COUNT TOPIC=CODEC...
 *
 * Sends the same COUNT records to each topic with the Java client: null and empty keys, values and headers among
 * them. The records are made by rules that the test knows as well. Escaped, since Java reads sources by the locale.
 */
class JavaProducer {
  public static void main(String[] arguments) throws Exception {
    int count = Integer.parseInt(arguments[1]);
    for (int index = 2; index < arguments.length; index++) {
      String[] pair = arguments[index].split("=");
      Map<String, Object> settings =
          Map.of("bootstrap.servers", arguments[0], "compression.type", pair[1], "linger.ms", 50, "batch.size", 100000);
      var bytes = new ByteArraySerializer();
      try (var producer = new KafkaProducer<byte[], byte[]>(settings, bytes, bytes)) {
        var sent = new ArrayList<Future<RecordMetadata>>();
        for (int number = 0; number < count; number++) sent.add(producer.send(record(pair[0], number)));
        for (var one : sent) one.get(); // Throws if the broker did not take it.
      }
    }
  }

  static ProducerRecord<byte[], byte[]> record(String topic, int number) {
    var headers = new ArrayList<Header>();
    if (number % 5 != 0) {
      headers.add(new RecordHeader("twice", text("header " + number)));
      headers.add(new RecordHeader("twice", null));
      headers.add(new RecordHeader("\u0441\u043a\u043b\u0430\u0434", new byte[0]));
    }
    byte[] key = number % 3 == 0 ? null : text("key " + number);
    byte[] value = number % 7 == 0 ? null : text("value ".repeat(number % 200) + number);
    return new ProducerRecord<>(topic, 0, key, value, headers);
  }

  static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
