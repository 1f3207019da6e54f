# RACE=-race runs every Go test under the race detector, which needs cgo.
RACE ?=
GO ?= go
# How long make fuzz looks at each reader of untrusted text.
FUZZTIME ?= 10s
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2

# Go modules of their own: drivers, adapters and benches that need other
# people's validators, which the main module stays free of.
MODULES := $(patsubst %/go.mod,%,$(wildcard validator/thirdparty/*/go.mod))
NODE := $(patsubst %/package.json,%,$(wildcard validator/thirdparty/*/package.json))

.PHONY: run test test-go test-node bench fuzz lint adapters servers image

# What make image calls the provider's image.
IMAGE ?= rogueidp:dev

run:
	$(GO) run ./cmd/rogueidp run

test: adapters test-go test-node

test-go:
	$(GO) test $(RACE) -timeout 20m ./...
	@for m in $(MODULES); do echo "== $$m"; (cd $$m && $(GO) test $(RACE) ./...) || exit 1; done

# What another language needs is set up where the machine has it. A part that
# cannot be is one line, and a failure if ROGUEIDP_REQUIRE names it.
adapters:
	@for a in go-oidc golang-jwt jwx; do (cd validator/thirdparty/$$a && $(GO) build -o bin/$$a .) || exit 1; done
	@if command -v npm >/dev/null 2>&1; then \
	  for m in $(NODE); do [ ! -f $$m/package-lock.json ] || (cd $$m && npm ci --silent --no-audit --no-fund) || exit 1; done; \
	else $(call missing,adapters,npm is not installed: the adapters in JavaScript are not set up); fi

# A relying party that somebody else wrote, for the tests that run against one;
# they skip where it is not built.
servers:
	@cd validator/thirdparty/oauth2-proxy && $(GO) build -o bin/oauth2-proxy github.com/oauth2-proxy/oauth2-proxy/v7

test-node: adapters
	@if command -v node >/dev/null 2>&1; then \
	  for m in $(NODE); do echo "== $$m"; (cd $$m && node --test) || exit 1; done; \
	else $(call missing,adapters,node is not installed: the tests of the adapters in JavaScript are not run); fi

# The provider as an image: one static binary and nothing else.
image:
	@context=$$(mktemp -d); trap 'rm -rf "$$context"' EXIT; mkdir $$context/work; \
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w' -o $$context/rogueidp ./cmd/rogueidp && \
	cp Dockerfile $$context && docker build -q -t $(IMAGE) $$context

# One table at the end, of what was measured against what; a bound that is
# missed fails.
bench:
	@table=$$(mktemp); failed=0; export ROGUEIDP_MEASURED=$$table; \
	$(GO) test -run '^$$' -bench . -benchtime 1x ./mockidp ./suites ./cmd/rogueidp || failed=1; \
	(cd validator/thirdparty/bench && $(GO) test -run '^$$' -bench . -benchtime 1x) || failed=1; \
	echo; cat $$table; rm -f $$table; exit $$failed

# One reader after the other, a line for each; an input that breaks one is kept
# under its package's testdata/fuzz and is a test from then on.
fuzz:
	@failed=0; out=$$(mktemp); \
	for p in $$($(GO) list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}' ./...); do \
	  for f in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz'); do \
	    if $(GO) test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1s $$p >$$out 2>&1; \
	    then echo "$${p##*rogueidp/} $$f: $$(grep '^fuzz: elapsed' $$out | tail -n 1 | cut -d' ' -f2-)"; \
	    else failed=1; echo "FAIL: $${p##*rogueidp/} $$f"; cat $$out; fi; \
	  done; \
	done; rm -f $$out; exit $$failed

lint:
	@unformatted=$$(gofmt -l .); [ -z "$$unformatted" ] || { echo "gofmt would change:"; echo "$$unformatted"; exit 1; }
	@for m in . $(MODULES); do echo "== $$m"; (cd $$m && $(GO) vet ./... && $(GO) run $(STATICCHECK) ./...) || exit 1; done

# missing,PART,WHY: one line, and a failure if PART is required.
define missing
case ",$$ROGUEIDP_REQUIRE," in *,$(1),*) echo "FAIL: $(2)"; exit 1;; *) echo "skip: $(2)";; esac
endef
