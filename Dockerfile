# Caudal as an image: one file with all that it needs, run by a user without rights. deploy/compose.yaml has the stack around it.
# docker build -t caudal .
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG TARGETARCH
WORKDIR /source
COPY . .
RUN case "${TARGETARCH:-amd64}" in amd64) platform=linux-x64 ;; arm64) platform=linux-arm64 ;; *) exit 1 ;; esac \
 && dotnet publish src/Host -c Release -r "$platform" -o /published \
 && install -D -t /image/usr/local/bin /published/caudal \
 && install -d -m 0700 /image/var/lib/caudal /image/var/cache/caudal

# What .NET needs of the system, the zones' clocks included, and nothing of .NET itself.
FROM mcr.microsoft.com/dotnet/runtime-deps:10.0
RUN apt-get update \
 && apt-get install -y --no-install-recommends curl tzdata \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build --chown=$APP_UID /image/ /
USER $APP_UID
WORKDIR /var/lib/caudal
# The single file unpacks its native engines there, once.
ENV DOTNET_BUNDLE_EXTRACT_BASE_DIR=/var/cache/caudal \
    CAUDAL_Data=/var/lib/caudal \
    CAUDAL_Probe__Port=8080
VOLUME /var/lib/caudal
EXPOSE 5600 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["curl", "--fail", "--silent", "--output", "/dev/null", "http://127.0.0.1:8080/health/ready"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/local/bin/caudal"]
CMD ["up"]
