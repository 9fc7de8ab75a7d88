# Everything that one does with this repository. Each goal may be asked for again and is quick when there is nothing
# to do. What a goal installs, it says first (Scripts/packages.txt, Scripts/tools.txt).
#
#     make demo     the greenlets example, from nothing to a page in a real browser
#     make test     everything that tests need, then all tests
#     make mutants  does `frond verify` see deliberately broken glues? all of them; `make test` takes every fifth
#     make site     the project's own website, into .build/site
#     make lint     formatting and static checks
#     make bench    the figures of README.md, measured here
#     make tools    node, deno and uv, pinned, into $XDG_CACHE_HOME/frond/tools
#     make clean    removes what make made here, but not the cache

SHELL := /bin/sh
SWIFT ?= swift
cache := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/frond
tools := $(cache)/tools/bin
build := .build/release
frond := $(build)/frond
# Tests and scripts find the pinned node first.
with_tools := PATH="$(tools):$$PATH" FROND_NODE="$(tools)/node" NODE="$(tools)/node"

.PHONY: all build tests demo test mutants site lint bench tools kit clean

all: build

build:
	@Scripts/install-packages build
	$(SWIFT) build -c release --product frond

# One configuration for the command and the tests, so that everything is compiled once.
tests:
	@Scripts/install-packages build
	$(SWIFT) build -c release --build-tests

tools:
	@Scripts/install-packages tools
	@Scripts/install-tools

kit: build
	@test -n "$$FROND_KIT" || $(frond) runtime path >/dev/null 2>&1 || Scripts/install-packages kit
	@test -n "$$FROND_KIT" || $(frond) runtime build

demo: tools kit
	@Scripts/install-packages demo
	$(frond) build Examples/greenlets --output .build/demo
	@$(with_tools) Scripts/demo $(frond) .build/demo

test: tests tools
	@Scripts/install-packages test
	@test -n "$$FROND_KIT" || $(frond) runtime path >/dev/null 2>&1 || Scripts/install-packages kit
	@test -n "$$FROND_KIT" || $(frond) runtime build
	$(with_tools) Scripts/test $(SWIFT) --no-parallel

mutants: tests tools
	@test -n "$$FROND_KIT" || $(frond) runtime build
	$(with_tools) FROND_MUTANTS=all Scripts/test $(SWIFT) --filter MutantTests

site: kit
	$(frond) build Examples/greenlets --page Site/index.html --output .build/site

bench: tools kit
	@Scripts/install-packages demo
	@$(with_tools) Scripts/bench $(frond)

lint: tools
	@Scripts/install-packages lint
	$(SWIFT) format lint --strict --recursive Package.swift Sources Templates Tests
	shellcheck Scripts/install-packages Scripts/install-tools Scripts/demo Scripts/bench Scripts/test Scripts/profile-python Scripts/root-python .ci/run
	@for file in $$(git ls-files '*.mjs'); do $(tools)/node --check "$$file" || exit 1; done

clean:
	rm -rf .build/demo .build/site
	$(SWIFT) package clean
