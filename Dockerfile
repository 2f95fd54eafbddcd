# docker build -t mulu . && docker run --rm -v "$PWD:/work" mulu validate catalog.xlsx
FROM python:3.12-slim AS build
WORKDIR /src
# Groups of optional libraries (README); with all of them every format is read.
ARG EXTRAS=all
COPY pyproject.toml README.md LICENSE standard.toml ./
COPY mulu mulu
COPY schemas schemas
COPY validators validators
COPY converters converters
RUN pip wheel --no-cache-dir --wheel-dir /wheels ".[$EXTRAS]"

FROM python:3.12-slim
ARG EXTRAS=all
ENV PYTHONUTF8=1 LANG=C.UTF-8
COPY --from=build /wheels /wheels
RUN pip install --no-cache-dir --no-index --find-links /wheels "mulu[$EXTRAS]" && rm -r /wheels \
    && useradd --create-home mulu
USER mulu
WORKDIR /work
ENTRYPOINT ["mulu"]
CMD ["--help"]
