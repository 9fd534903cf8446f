.DEFAULT_GOAL := help
.PHONY: help run build test check soak fmt dev clean

help: ## list the commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

run: build ## build, then start the demo
	bin/qunce demo

build: ## the console and the program, one static binary: bin/qunce
	@scripts/build.sh

test: ## every test, on both databases and in a real browser
	@scripts/test.sh

check: ## formatting, lint, the rules of the house, types
	@scripts/check.sh

soak: ## the long tests: 20 kills under load and all benchmarks
	@scripts/soak.sh

fmt: ## format the Go code
	go tool -modfile=tools/go.mod golangci-lint fmt

dev: ## the demo from source, the console reloading as it is edited
	@scripts/dev.sh

clean: ## remove what was built
	rm -rf bin web/dist .cache
