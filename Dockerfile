# Three images from one build: `docker build --target api|worker|stripe .`
# Debian, not Alpine: Temporal's native part needs glibc.
FROM node:24-bookworm-slim AS base
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app

FROM base AS build
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build

FROM base AS dependencies
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM base AS runtime
ENV NODE_ENV=production \
    TEMPLATES_DIR=/app/dist/templates
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
# What either process needs, measured under load; without these bounds V8 and the C library keep what they have once had.
ENV NODE_OPTIONS="--max-old-space-size=224 --max-semi-space-size=4" \
    MALLOC_ARENA_MAX=2
USER node

FROM runtime AS api
ENV HOST=0.0.0.0 PORT=8080
EXPOSE 8080
CMD ["node", "dist/api/server.js"]

FROM runtime AS worker
ENV WORKFLOW_BUNDLE=/app/dist/workflow-bundle.js
CMD ["node", "dist/worker.js"]

# Our server that speaks Stripe's protocol and keeps state: for development, instead of Stripe.
FROM runtime AS stripe
USER root
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 12111
CMD ["node", "dist/stack/simulators/stripe/main.js", "--host", "0.0.0.0", "--port", "12111", "--state", "/data/state"]
