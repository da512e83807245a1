# nerpipe in a container: the steps of tools/install.sh. It has not been built by us, for want of an engine.
#   docker build -t nerpipe .
#   docker run --rm -v "$PWD:/data" -w /data nerpipe distill ...
FROM swift:6.2-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends libzstd-dev libxxhash-dev python3 && rm -rf /var/lib/apt/lists/*
COPY . /nerpipe
RUN cd /nerpipe && DESTDIR=/install PREFIX=/usr tools/install.sh

FROM debian:bookworm-slim
COPY --from=build /install/ /
ENTRYPOINT ["nerpipe"]
