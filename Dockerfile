# The service in an image: built, and then only what it needs to run. Not root, and nothing is written to its disk.
#   docker build -t bincard . && docker run --read-only -p 8000:8000 -e API_KEYS=… -e POSTGRES_HOST=… bincard

FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
# No package needs its script here: the one that brings Node does not, in an image that has it.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN node scripts/build-package.ts

FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24-bookworm-slim
LABEL org.opencontainers.image.title="Bincard" \
      org.opencontainers.image.description="A stock ledger for event streams" \
      org.opencontainers.image.licenses="MIT"
# In a container all addresses are its own: who may come in is for the network around it, and for API_KEYS.
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    METRICS_HOST=0.0.0.0 \
    DEBUG=false
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /src/package.json ./
COPY --from=build /src/bin ./bin
COPY --from=build /src/dist ./dist
USER 1000:1000
EXPOSE 8000 9090
# Alive, not ready: a container that waits for its database is not to be restarted.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 8000) + '/health/live').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/bincard.mjs"]
CMD ["serve"]
