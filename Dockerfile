# The provider alone, for work beside a service in another container. There is
# nothing in here but one static binary: make image builds both.
FROM scratch
COPY rogueidp /rogueidp
# It writes its authority and, unless ROGUEIDP_ADMIN_TOKEN gives one, its admin
# token here.
COPY --chown=65532:65532 work /work
VOLUME /work
WORKDIR /work
USER 65532:65532
EXPOSE 7443 7444
ENTRYPOINT ["/rogueidp", "serve"]
# A container has a loopback of its own, so listening there would reach nobody.
CMD ["--listen", "0.0.0.0:7443", "--host", "localhost", "--admin-listen", "0.0.0.0:7444"]
