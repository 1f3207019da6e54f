# RACE=-race runs every Go test under the race detector, which needs cgo.
RACE ?=
GO ?= go
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2

# Go modules of their own: drivers, adapters and benches that need other
# people's validators, which the main module stays free of.
MODULES := $(patsubst %/go.mod,%,$(wildcard validator/thirdparty/*/go.mod))
NODE := $(patsubst %/package.json,%,$(wildcard validator/thirdparty/*/package.json))

.PHONY: run test test-go test-node bench lint adapters

run:
	$(GO) run ./cmd/rogueidp run

test: adapters test-go test-node

test-go:
	$(GO) test $(RACE) ./...
	@for m in $(MODULES); do echo "== $$m"; (cd $$m && $(GO) test $(RACE) ./...) || exit 1; done

# What another language needs is set up where the machine has it. A part that
# cannot be is one line, and a failure if ROGUEIDP_REQUIRE names it.
adapters:
	@(cd validator/thirdparty/go-oidc && $(GO) build -o bin/go-oidc .)
	@if command -v npm >/dev/null 2>&1; then \
	  for m in $(NODE); do [ ! -f $$m/package-lock.json ] || (cd $$m && npm ci --silent --no-audit --no-fund) || exit 1; done; \
	else $(call missing,adapters,npm is not installed: the adapters in JavaScript are not set up); fi

test-node: adapters
	@if command -v node >/dev/null 2>&1; then \
	  for m in $(NODE); do echo "== $$m"; (cd $$m && node --test) || exit 1; done; \
	else $(call missing,adapters,node is not installed: the tests of the adapters in JavaScript are not run); fi

# One table at the end, of what was measured against what; a bound that is
# missed fails.
bench:
	@table=$$(mktemp); failed=0; export ROGUEIDP_MEASURED=$$table; \
	$(GO) test -run '^$$' -bench . -benchtime 1x ./mockidp ./suites ./cmd/rogueidp || failed=1; \
	(cd validator/thirdparty/bench && $(GO) test -run '^$$' -bench . -benchtime 1x) || failed=1; \
	echo; cat $$table; rm -f $$table; exit $$failed

lint:
	@unformatted=$$(gofmt -l .); [ -z "$$unformatted" ] || { echo "gofmt would change:"; echo "$$unformatted"; exit 1; }
	@for m in . $(MODULES); do echo "== $$m"; (cd $$m && $(GO) vet ./... && $(GO) run $(STATICCHECK) ./...) || exit 1; done

# missing,PART,WHY: one line, and a failure if PART is required.
define missing
case ",$$ROGUEIDP_REQUIRE," in *,$(1),*) echo "FAIL: $(2)"; exit 1;; *) echo "skip: $(2)";; esac
endef
