# Nyx: `make run` builds and starts it, `make test` shows that it works.

# One cache for all checkouts; set CARGO_TARGET_DIR to have it elsewhere.
export CARGO_TARGET_DIR ?= $(HOME)/.cache/nyx/target
BUILT = $(CARGO_TARGET_DIR)/debug

.PHONY: run serve test deb screenshots bench soak fuzz packages-run packages-test packages-deb

run: packages-run
	cargo build --locked -p nyx -p nyx-signal
	@echo
	@echo "Everything that Nyx can do so far:    $(BUILT)/nyx --help"
	@if [ -n "$$WAYLAND_DISPLAY$$WAYLAND_SOCKET$$DISPLAY" ]; then \
		echo "The window opens now; closing it ends this."; \
		echo "An account moving between two devices:   examples/two_devices $(BUILT)/nyx"; \
		exec $(BUILT)/nyx; \
	else \
		echo "There is no display for a window. So this shows how an account moves to a new device, in two terminals;"; \
		echo "it ends by itself. Your own vault:   $(BUILT)/nyx init   then   $(BUILT)/nyx note 'hello'"; \
		examples/two_devices $(BUILT)/nyx; \
	fi

serve: packages-run
	cargo build --locked -p nyx-signal
	@echo "The signalling service starts now: it introduces two devices that share a code, and can read nothing."
	@echo "It listens on 127.0.0.1:8440, for this machine only; Ctrl-C stops it."
	@$(BUILT)/nyx-signal

test: packages-test
	cargo test --locked --workspace
	@# The window as a person uses it, on a display without a screen: the program that the tests were built with.
	app/tests/e2e/run $(BUILT)/nyx
	app/tests/e2e/move $(BUILT)/nyx
	desktop-file-validate assets/nyx.desktop
	appstreamcli validate --no-net assets/nyx.metainfo.xml
	.ci/fuzz 10

# An installable package for Debian and its children, in $(DEBS).
DEBS = $(CARGO_TARGET_DIR)/debian
deb: packages-deb
	packaging/deb $(DEBS)

# The pictures of the README, from the same run of the window as the test.
screenshots: packages-test
	cargo build --locked -p nyx
	app/tests/e2e/run $(BUILT)/nyx $(CARGO_TARGET_DIR)/screenshots
	assets/screenshots/make $(CARGO_TARGET_DIR)/screenshots

PEERS = peer@1.0.2 node-datachannel@0.33.4 socket.io@4.8.4 socket.io-client@4.8.4
PACKAGES = $(HOME)/.cache/nyx/peers/node_modules
WORMHOLES = magic-wormhole==0.24.0 magic-wormhole-mailbox-server==0.8.0 magic-wormhole-transit-relay==0.5.0
WORMHOLE = $(HOME)/.cache/nyx/peers/wormhole
bench: packages-test
	@# The same on other programs, where npm and pip can bring them.
	@for peer in $(PEERS); do \
		if [ ! -d "$(PACKAGES)/$${peer%@*}" ] && command -v npm >/dev/null; then \
			npm install --silent --no-audit --no-fund --prefix "$(dir $(PACKAGES))" "$$peer" || true; \
		fi; \
	done
	@if [ ! -x "$(WORMHOLE)/bin/wormhole" ] && command -v python3 >/dev/null; then \
		python3 -m venv "$(WORMHOLE)" && "$(WORMHOLE)/bin/pip" install --quiet $(WORMHOLES) || true; \
	fi
	cargo bench --locked -p nyx-crypto -p nyx-vault
	NYX_NODE_MODULES="$(PACKAGES)" cargo bench --locked -p nyx-net --bench link
	cargo bench --locked -p nyx-p2p --bench meeting
	cargo bench --locked -p nyx-media --bench reading
	cargo bench --locked -p nyx --bench list --bench pictures --bench rest
	NYX_NODE_MODULES="$(PACKAGES)" NYX_WORMHOLE="$(WORMHOLE)/bin" cargo bench --locked -p nyx --bench moving
	NYX_PEERJS="$(PACKAGES)/.bin/peerjs" cargo bench --locked -p nyx-signal --bench load

soak: packages-test
	NYX_SOAK=1 cargo test --locked --workspace
	.ci/fuzz 600

fuzz: packages-run
	.ci/fuzz 60

packages-run:
	@.ci/install run

packages-test:
	@.ci/install test

packages-deb:
	@.ci/install deb
