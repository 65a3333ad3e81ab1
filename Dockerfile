# The hub with its worker, for the CPU:       docker build -t adapterhub .
#                         for a CUDA GPU:     docker build -t adapterhub:cuda --build-arg VARIANT=cuda .
# Started:                                    docker run -p 5080:5080 -v adapterhub:/data adapterhub
# It prints a link that signs the first person in. Every step below is the launcher's own and works outside of Docker too.

ARG VARIANT=cpu
ARG CUDA_IMAGE=pytorch/pytorch:2.11.0-cuda13.0-cudnn9-devel

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS sdk

FROM debian:12-slim AS base-cpu

# Holds PyTorch with CUDA and its compiler: the launcher finds both and builds against them.
FROM ${CUDA_IMAGE} AS base-cuda

# What the build and the program need from the system.
FROM base-${VARIANT} AS prepared
COPY --from=sdk /usr/share/dotnet /usr/share/dotnet
ENV DOTNET_ROOT=/usr/share/dotnet \
    PATH="${PATH}:/usr/share/dotnet" \
    DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
WORKDIR /source
COPY adapterhub global.json ./
COPY src/AdapterHub.Torch/native src/AdapterHub.Torch/native
RUN ./adapterhub install

FROM prepared AS build
COPY . .
RUN ./adapterhub publish /opt/adapterhub

FROM prepared
RUN rm -rf /source /usr/share/dotnet/sdk /usr/share/dotnet/sdk-manifests /usr/share/dotnet/packs \
    && useradd --create-home --home-dir /data adapterhub
COPY --from=build /opt/adapterhub /opt/adapterhub
ENV ADAPTERHUB_ROOT=/opt/adapterhub \
    ADAPTERHUB_DATA=/data \
    ADAPTERHUB_URLS=http://0.0.0.0:5080
USER adapterhub
WORKDIR /data
VOLUME /data
EXPOSE 5080
ENTRYPOINT ["dotnet", "/opt/adapterhub/adapterhub.dll"]
CMD ["serve"]
