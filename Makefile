# ntpsync - ask NTP servers the time; print it, or set the clock, and exit
#
#   make              build ./ntpsync
#   make demo         build, start a server on loopback, and show the main job
#   make check        everything a commit must pass
#   make check-faults every system call failing once (3 minutes; FAULTS=N: N cases)
#   make check-vm     the clock really set, in virtual machines (2 minutes)
#   make check-machines  other machines, in emulators, and compilers (5 minutes)
#   make static       ./ntpsync.static: one file, no library (needs musl-gcc)
#   make asan         ./ntpsync.asan: with AddressSanitizer and UBSan
#   make coverage     ./ntpsync.cov, the suite on it, and the lines it reached
#   make fuzz         the fuzzers of tests/fuzz (needs clang)
#   make fuzz-run     each of them for FUZZ_S seconds, 10 unless told
#   make fuzz-coverage  the lines that their seeds reach
#   make lint         formatting, warnings as errors, static analysis, man page
#   make layers       who includes whom
#   make bench        how fast and how exact, beside a bare client
#   make install      under DESTDIR and PREFIX (/usr/local)
#   make install-strip   the same without symbols
#   make install-compat  links that let it be called as ntpdate and sntp
#   make uninstall    the way back, from all three
#   make dist         build/ntpsync-VERSION.tar.gz, the same bytes everywhere
#   make deb          packages for Debian and its kin, in build/deb
#   make check-package  these, built, installed in a chroot and purged (root)
#   make clean        remove all that was built (not build/peers)
#   make help         this
#
#   V=1 shows the commands; PORTABLE=yes builds without what only Linux has.
#   DEFAULT_SERVERS="A B,pool" builds in whom to ask where nothing on the system
#   names a server: for packagers who run servers, or were given a pool's zone.
#   (Give it to `make install` too, or it builds again without them.)

PREFIX  ?= /usr/local
BINDIR  ?= $(PREFIX)/bin
MANDIR  ?= $(PREFIX)/share/man
DATADIR ?= $(PREFIX)/share/ntpsync
COMPLETIONDIR ?= $(PREFIX)/share/bash-completion/completions
DESTDIR ?=

INSTALL ?= install
STRIP   ?= strip
BATS    ?= bats
JOBS    ?= $(shell echo $$((2 * $$(getconf _NPROCESSORS_ONLN))))
O       ?= build
PROG    ?= ntpsync
FORTIFY ?= 3

# --- version and build date: make dist's, git's, else the CHANGELOG's ----------
GIT     := git --git-dir=.git
CHANGED := $(shell sed -n 's/^\#\# \[\([0-9][^]]*\)\] - \(.*\)/\1 \2/p' CHANGELOG.md)
VERSION := $(shell $(GIT) describe --tags --dirty --match 'v*' 2>/dev/null | sed 's/^v//')
DIST    := $(if $(wildcard .dist),$(shell sed q .dist))
VERSION := $(or $(word 1,$(DIST)),$(VERSION),$(word 1,$(CHANGED)))

BUILD_DATE := $(or $(SOURCE_DATE_EPOCH),$(word 2,$(DIST)),$(shell $(GIT) log -1 --format=%ct 2>/dev/null))
BUILD_DATE := $(or $(BUILD_DATE),$(shell date -u -d '$(word 2,$(CHANGED))' +%s 2>/dev/null), \
	$(shell date -u -j -f %Y-%m-%d '$(word 2,$(CHANGED))' +%s 2>/dev/null), \
	$(error no date to build with: set SOURCE_DATE_EPOCH))

# --- sources, in the order a packet passes them -------------------------------
SYSTEM := linux
ifeq ($(PORTABLE),yes)
SYSTEM := portable
O      := build/portable
PROG   := ntpsync.portable
endif
SANDBOX ?= $(SYSTEM)
export SYSTEM SANDBOX

SRCS := ntpsync.c ntp_proto.c \
	base/addr.c base/buf.c base/date.c base/guard_$(SYSTEM).c base/log.c \
	base/now.c base/num.c base/range.c base/user.c \
	cli/options.c cli/settings.c cli/values.c cli/help.c cli/persona.c \
	cli/ntpdate.c cli/sntp.c cli/servers.c cli/traits.c cli/lines.c \
	cli/system.c cli/config.c cli/entry.c cli/forms.c cli/splay.c \
	priv/priv.c priv/child.c priv/become.c priv/sandbox_$(SANDBOX).c \
	$(if $(filter linux,$(SANDBOX)),priv/filter_linux.c priv/program_linux.c) \
	net/exchange.c net/turns.c net/ending.c net/vigil.c net/live.c net/roster.c \
	net/names.c net/resolve.c net/online.c net/online_$(SYSTEM).c \
	net/request.c net/udp.c net/stamp_$(SYSTEM).c \
	priv/message.c priv/verify.c \
	select/select.c select/settle.c select/tally.c select/filter.c \
	clock/ready.c clock/lock.c clock/decide.c \
	clock/apply.c clock/finish.c clock/mark.c \
	clock/clock_$(SYSTEM).c clock/clock_settime.c \
	report/report.c report/file.c report/style.c report/words.c \
	report/sentence.c report/syslog.c report/detail.c \
	report/letters.c report/text.c report/json.c report/nagios.c \
	report/prometheus.c report/carry.c \
	report/chart.c report/scale.c report/interval.c report/ruler.c \
	report/wedge.c report/axis.c report/canvas.c \
	report/persona.c report/ntpdate.c report/sntp.c
OBJS := $(SRCS:%.c=$(O)/%.o) $(EXTRA:%.c=$(O)/%.o)

# --- flags: what the user gives comes last ------------------------------------
try = $(shell $(CC) $(1) -Werror -x c -c /dev/null -o /dev/null 2>/dev/null && echo $(1))

WARN := -Wall -Wextra -Wshadow -Wvla -Wformat=2 -Wstrict-prototypes \
	-Wmissing-prototypes -Wpointer-arith -Wcast-qual -Wwrite-strings \
	-Wundef -Wconversion -Wdouble-promotion
HARDEN := -fstack-protector-strong $(call try,-fstack-clash-protection) \
	$(call try,-fcf-protection) $(call try,-ftrivial-auto-var-init=zero) \
	$(call try,-fstrict-flex-arrays=3) \
	$(call try,-ffile-prefix-map=$(CURDIR)=.) \
	-U_FORTIFY_SOURCE $(if $(FORTIFY),-D_FORTIFY_SOURCE=$(FORTIFY))

CFLAGS      ?= -O2 -g
ALL_CPPFLAGS = -I. -D_GNU_SOURCE -D_TIME_BITS=64 -D_FILE_OFFSET_BITS=64 $(CPPFLAGS)
ALL_CFLAGS   = -std=c11 $(WARN) $(HARDEN) -fPIE -pthread -MMD -MP $(SANITIZE) $(CFLAGS)
ALL_LDFLAGS  = -Wl,-z,relro,-z,now,-z,noexecstack $(if $(STATIC),-static,-pie) \
	-pthread $(SANITIZE) $(LDFLAGS)

ifneq ($(V),1)
Q   = @
say = @printf '  %-7s %s\n' $(1) $(2)
endif

all: $(PROG)

$(PROG): $(OBJS)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $(OBJS) $(LDLIBS)

$(O)/%.o: %.c $(O)/.flags
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(OWN) $(ALL_CFLAGS) -c -o $@ $<

# Only these know the date, the version and the packager's servers, so only they
# change with them.
$(O)/ntp_proto.o: OWN = -DBUILD_DATE=$(BUILD_DATE)LL
$(O)/ntp_proto.o: $(O)/.date
$(O)/cli/settings.o: OWN = -DVERSION='"$(VERSION)"'
$(O)/cli/settings.o: $(O)/.version
$(O)/cli/system.o: OWN = -DDEFAULT_SERVERS='"$(DEFAULT_SERVERS)"'
$(O)/cli/system.o: $(O)/.servers

# A file of what went into the objects: rewritten, and so newer, when it changed.
remember = @mkdir -p $(O); printf '%s\n' "$$REMEMBERED" | cmp -s - $@ || \
	printf '%s\n' "$$REMEMBERED" > $@
$(O)/.flags: export REMEMBERED = $(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS)
$(O)/.date: export REMEMBERED = $(BUILD_DATE)
$(O)/.version: export REMEMBERED = $(VERSION)
$(O)/.servers: export REMEMBERED = $(DEFAULT_SERVERS)
$(O)/.flags $(O)/.date $(O)/.version $(O)/.servers: FORCE
	$(remember)

# --- variants: the same rules, another folder of objects ----------------------
# musl has no kernel headers of its own, and no sign in its CMSG_NXTHDR.
static:
	+$(Q)$(MAKE) --no-print-directory CC=musl-gcc STATIC=1 O=build/static PROG=ntpsync.static \
		WARN='$(WARN) -Wno-sign-conversion' \
		CPPFLAGS='$(MUSL_INCLUDE)'
	$(Q)! readelf -lW ntpsync.static | grep -q INTERP || \
		{ echo 'ntpsync.static is not static' >&2; exit 1; }

asan:
	+$(Q)$(MAKE) --no-print-directory O=build/asan PROG=ntpsync.asan FORTIFY= \
		CFLAGS='-O1 -g -fno-omit-frame-pointer' \
		SANITIZE='-fsanitize=address,undefined -fno-sanitize-recover=all'

# Outside of a sandbox: there the counts could not be written, nor by nobody.
coverage:
	$(Q)$(RM) -r build/cov
	+$(Q)umask 0; $(MAKE) SANDBOX=portable --no-print-directory O=build/cov PROG=ntpsync.cov FORTIFY= CFLAGS='-O0 -g --coverage' \
		EXTRA=tests/helpers/covexit.c LDFLAGS=-Wl,--wrap=_exit check
	gcovr -r . --object-directory build/cov -e tests -s --txt build/coverage.txt
	@cat build/coverage.txt

# What is not written is seen as a pattern, not as the zeros that it is elsewhere.
fuzz:
	+$(Q)$(MAKE) --no-print-directory O=build/fuzz CC=clang FORTIFY= FUZZ_MAIN=-fsanitize=fuzzer \
		CFLAGS='-O1 -g -fno-omit-frame-pointer -ftrivial-auto-var-init=pattern' \
		SANITIZE='-fsanitize=fuzzer-no-link,address,undefined,float-cast-overflow -fno-sanitize-recover=all' \
		fuzzers

fuzz-run: fuzz
	$(Q)tests/fuzz/run.sh

fuzz-coverage:
	$(Q)$(RM) -r build/fuzzcov
	+$(Q)$(MAKE) --no-print-directory O=build/fuzzcov FORTIFY= CFLAGS='-O0 -g --coverage' fuzzers
	$(Q)tests/fuzz/coverage.sh

MUSL_INCLUDE = -idirafter /usr/include -idirafter /usr/include/$(shell gcc -print-multiarch)
MUSL := $(if $(shell command -v musl-gcc),static)

# --- what the tests and the bench are made of ---------------------------------
HOSTILE := build/tests/hostile build/tests/flood build/tests/unreachable
TOOLS := $(HOSTILE) $(addprefix build/tests/,ntpserver fakeclock.so lookups.so \
	traitor.so faults faults_begin.so)
UNITS := $(patsubst tests/unit/%.c,$(O)/%,$(wildcard tests/unit/test_*.c))
UNITS := $(filter-out $(if $(filter portable,$(SANDBOX)),$(O)/test_sandbox),$(UNITS))
TOOL_FLAGS = -std=c11 -D_GNU_SOURCE $(WARN) -O2 -g

build/tests/ntpserver: tests/helpers/ntpserver.c tests/helpers/ntpserver_words.c \
		tests/helpers/serving.c tests/helpers/serving.h tests/helpers/ntpserver.h
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -I. $(TOOL_FLAGS) -o $@ $(filter %.c,$^)

$(HOSTILE): build/tests/%: tests/helpers/%.c tests/helpers/hostile_recipe.c \
		tests/helpers/serving.c tests/helpers/serving.h tests/helpers/hostile.h
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -I. $(TOOL_FLAGS) -o $@ $(filter %.c,$^)

build/tests/%: tests/helpers/%.c
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(TOOL_FLAGS) -o $@ $<

build/tests/faults build/tests/faults_begin.so: tests/helpers/faults.h

build/tests/%.so: tests/helpers/%.c
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -std=c11 -O1 -g -Wall -Wextra -fPIC -shared -o $@ $< -ldl

# The units are linked with the objects of the program itself.
$(O)/test_hostile: tests/helpers/hostile_recipe.c tests/helpers/hostile.h
$(O)/%: tests/unit/%.c $(wildcard tests/unit/*.h) $(filter-out $(O)/ntpsync.o,$(OBJS))
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ \
		$(filter %.c %.o,$^) $(LDLIBS)

# So are the fuzzers, here with a main that replays files; `make fuzz` makes them
# of libFuzzer.  The calls that would find files find those of the input.  Their
# judges reckon in wider integers than a 32-bit machine has.
WIDE      := $(shell echo '__int128 n;' | $(CC) -x c -fsyntax-only - 2>/dev/null && echo yes)
FUZZERS   := $(if $(WIDE),$(patsubst tests/fuzz/%.c,$(O)/%,$(wildcard tests/fuzz/fuzz_*.c)))
FUZZ_MAIN ?= $(O)/tests/fuzz/replay.o
FUZZ_CALLS := open open64 __open_2 __open64_2 stat stat64 lstat lstat64 \
	glob glob64 globfree globfree64 guard_find
WRAP      := -Wl,--wrap=

$(FUZZERS): $(O)/fuzz_%: $(O)/tests/fuzz/fuzz_%.o $(O)/tests/fuzz/fuzz.o $(O)/tests/fuzz/world.o \
		$(filter %.o,$(FUZZ_MAIN)) $(filter-out $(O)/ntpsync.o,$(OBJS))
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(addprefix $(WRAP),$(FUZZ_CALLS)) \
		-o $@ $(filter-out %.o,$(FUZZ_MAIN)) $^ $(LDLIBS)

fuzzers: $(FUZZERS)

build/bench/%: bench/%.c
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $<

# --- checks -------------------------------------------------------------------
check: all layers peers $(TOOLS) $(UNITS) $(FUZZERS) $(if $(filter ntpsync,$(PROG)),$(MUSL))
	$(Q)NTPSYNC=$(abspath $(PROG)) UNITS='$(abspath $(UNITS))' FUZZERS='$(abspath $(FUZZERS))' \
		$(BATS) -j $(JOBS) tests

# Where they cannot be had their tests are skipped; under CI they must be there.
peers:
	$(Q)sh tests/peers.sh || [ "$$CI" != true ]

layers:
	$(Q)tests/layers.sh

lint:
	$(Q)tests/lint.sh

demo: all build/tests/ntpserver
	$(Q)tests/demo.sh

bench: all $(MUSL) build/bench/floor build/bench/runner
	$(Q)sh tests/peers.sh chrony
	$(Q)sh bench/run.sh

check-faults: all $(TOOLS)
	$(Q)NTPSYNC=$(abspath $(PROG)) tests/faults.sh $(if $(FAULTS),-s $(FAULTS))

# A real clock, really set, in virtual machines.
check-vm: $(MUSL) $(if $(MUSL),build/vm/guest)
	$(Q)tests/vm/run.sh

# Big-endian, 32 bits, musl; gcc and clang, optimizing little and much.
check-machines: $(TOOLS) $(MUSL)
	$(Q)tests/machines.sh

# What users get, as they get it: needs root, and a Debian to build and unpack.
check-package: dist build/tests/ntpserver
	$(Q)tests/package.sh build/ntpsync-$(VERSION).tar.gz

build/vm/guest: tests/vm/guest.c
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)musl-gcc $(TOOL_FLAGS) -Wno-sign-conversion $(MUSL_INCLUDE) -static -o $@ $<

# --- installing ---------------------------------------------------------------
install: all
	$(INSTALL) -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(MANDIR)/man1 \
		$(DESTDIR)$(COMPLETIONDIR) $(DESTDIR)$(DATADIR)
	$(INSTALL) -m 0755 $(PROG) $(DESTDIR)$(BINDIR)/ntpsync
	$(INSTALL) -m 0644 ntpsync.1 $(DESTDIR)$(MANDIR)/man1/ntpsync.1
	$(INSTALL) -m 0644 contrib/completion/ntpsync.bash $(DESTDIR)$(COMPLETIONDIR)/ntpsync
	$(INSTALL) -m 0644 contrib/ntpsync.schema.json $(DESTDIR)$(DATADIR)/ntpsync.schema.json

install-strip: install
	$(STRIP) $(DESTDIR)$(BINDIR)/ntpsync

# Other programs' names are taken, and given back, only where they are free or
# ours: links to ntpsync, and pages that are ntpsync.1 by another name.
PERSONAS := ntpdate sntp
LINKS = $(PERSONAS:%=$(DESTDIR)$(BINDIR)/%)
PAGES = $(PERSONAS:%=$(DESTDIR)$(MANDIR)/man1/%.1)
PAGE := .so man1/ntpsync.1
ours = { case $$(readlink $$f) in ntpsync | */ntpsync) ;; \
	*) grep -qxF '$(PAGE)' $$f ;; esac; } 2>/dev/null

install-compat:
	$(Q)for f in $(LINKS) $(PAGES); do \
		if { [ -e $$f ] || [ -L $$f ]; } && ! $(ours); then \
			echo "$$f: belongs to another program: remove that first" >&2; \
			exit 1; \
		fi; \
	done
	$(Q)[ -e $(DESTDIR)$(BINDIR)/ntpsync ] || { \
		echo 'no $(DESTDIR)$(BINDIR)/ntpsync to link to: make install first' >&2; exit 1; }
	$(INSTALL) -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(MANDIR)/man1
	$(Q)set -e; for f in $(LINKS); do ln -sf ntpsync $$f; done
	$(Q)set -e; for f in $(PAGES); do echo '$(PAGE)' > $$f; chmod 0644 $$f; done

uninstall:
	$(RM) $(DESTDIR)$(BINDIR)/ntpsync $(DESTDIR)$(MANDIR)/man1/ntpsync.1 \
		$(DESTDIR)$(COMPLETIONDIR)/ntpsync $(DESTDIR)$(DATADIR)/ntpsync.schema.json
	$(Q)[ ! -d $(DESTDIR)$(DATADIR) ] || rmdir $(DESTDIR)$(DATADIR)
	$(Q)for f in $(LINKS) $(PAGES); do ! $(ours) || $(RM) $$f || exit 1; done

# --- the sources, packed ------------------------------------------------------
# What git knows of, as it is here, behind .dist: that names the version and the
# date, which no tarball can ask git for, and then every file.  So a tarball packs
# itself again, to the last byte.  Needs GNU tar.
dist: TOP := ntpsync-$(VERSION)
dist: export LC_ALL := C
dist: export TAR_OPTIONS :=
dist: export GZIP :=
dist:
	$(Q)mkdir -p build/dist
	$(Q)if [ -e .dist ]; then cat .dist; else \
		echo '$(VERSION) $(BUILD_DATE)' && $(GIT) -c core.quotePath=off ls-files | sort; \
	fi > build/dist/.dist
	$(Q)grep -qx Makefile build/dist/.dist || { echo 'dist: neither git nor .dist here' >&2; exit 1; }
	$(Q)sed 1d build/dist/.dist > build/dist/files
	$(Q)tar -cf build/dist/tar --format=ustar --no-recursion --owner=0 --group=0 \
		--numeric-owner --mode=u+rw,go+r,go-w,a+X --mtime=@$$(sed 's/.* //;q' build/dist/.dist) \
		--transform='s|^|$(TOP)/|S' -C build/dist .dist -C '$(CURDIR)' --verbatim-files-from -T build/dist/files
	$(Q)gzip -9n < build/dist/tar > build/$(TOP).tar.gz
	@echo build/$(TOP).tar.gz

deb: dist
	$(Q)contrib/deb.sh build/ntpsync-$(VERSION).tar.gz

clean:
	$(RM) ntpsync ntpsync.static ntpsync.asan ntpsync.cov ntpsync.portable
	find build -mindepth 1 -maxdepth 1 ! -name peers -exec $(RM) -r {} + 2>/dev/null || :

help:
	@sed -n '/^#   make/,/^$$/s/^#   \{0,1\}//p' Makefile

.PHONY: all static asan coverage check check-faults check-vm check-machines \
	peers layers lint demo bench install install-strip install-compat uninstall \
	dist deb check-package clean help fuzzers fuzz \
	fuzz-run fuzz-coverage FORCE
.DELETE_ON_ERROR:

-include $(OBJS:.o=.d) $(FUZZERS:$(O)/%=$(O)/tests/fuzz/%.d)
