# What every machine stands on. A package's version is the one of the release's own list if that names it.
{
  glibc = { version = "2.40-66"; description = "GNU C Library"; license = "lgpl21Plus"; size = 320; library = true; homepage = "https://www.gnu.org/software/libc/"; };
  zlib = { version = "1.3.1"; description = "Lossless data-compression library"; license = "zlib"; size = 16; library = true; deps = [ "glibc" ]; homepage = "https://zlib.net"; };
  openssl = { version = "3.6.0"; description = "Cryptographic library that implements the SSL and TLS protocols"; license = "openssl"; size = 96; library = true; programs = [ "openssl" ]; deps = [ "glibc" ]; homepage = "https://www.openssl.org/"; };
  ncurses = { version = "6.5"; description = "Free software emulation of curses in SVR4 and more"; size = 40; library = true; deps = [ "glibc" ]; homepage = "https://www.gnu.org/software/ncurses/"; };
  readline = { version = "8.3p1"; description = "Library for interactive line editing"; license = "gpl3Plus"; size = 20; library = true; deps = [ "ncurses" ]; };
  coreutils = { version = "9.8"; description = "GNU Core Utilities"; license = "gpl3Plus"; size = 60; programs = [ "ls" "cp" "mv" "cat" "chmod" "mkdir" "ln" "sleep" ]; deps = [ "glibc" ]; homepage = "https://www.gnu.org/software/coreutils/"; };
  bash = { version = "5.3p3"; description = "GNU Bourne-Again Shell, the de facto standard shell on Linux"; license = "gpl3Plus"; size = 48; programs = [ "bash" "sh" ]; shell = true; deps = [ "glibc" "readline" ]; homepage = "https://www.gnu.org/software/bash/"; };
  zsh = { version = "5.9"; description = "Z shell"; size = 80; shell = true; deps = [ "glibc" "ncurses" ]; homepage = "https://www.zsh.org/"; };
  fish = { version = "4.1.2"; description = "Smart and user-friendly command line shell"; license = "gpl2Only"; size = 90; shell = true; deps = [ "glibc" "ncurses" ]; homepage = "https://fishshell.com/"; };
  systemd = { version = "258.2"; description = "System and service manager for Linux"; license = "lgpl21Plus"; size = 240; programs = [ "systemctl" "journalctl" "systemd-run" ]; mainProgram = "systemctl"; deps = [ "glibc" "openssl" ]; homepage = "https://www.freedesktop.org/wiki/Software/systemd/"; };
  sudo = { version = "1.9.17p2"; description = "Command to run commands as root"; size = 30; deps = [ "glibc" "zlib" ]; homepage = "https://www.sudo.ws/"; };
  nix = { version = "2.31.2"; description = "Powerful package manager that makes package management reliable and reproducible"; license = "lgpl21Plus"; size = 150; deps = [ "glibc" "openssl" "curl" ]; homepage = "https://nixos.org/"; };
  linux-firmware = { version = "20251021"; description = "Binary firmware collection packaged by kernel.org"; license = "unfree"; size = 200; programs = [ ]; meta.license = { shortName = "unfreeRedistributableFirmware"; free = true; }; };
  zram-generator = { version = "1.2.1"; description = "Systemd unit generator for zram devices"; size = 12; deps = [ "systemd" ]; };
}
