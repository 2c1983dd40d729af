# Packages which must not build, or not easily: each is one kind of trouble a person may meet.
{
  # Fails while compiling, with a log long enough that its cause is not in the last lines.
  broken-build = {
    version = "1.0"; description = "Package whose build fails in the compiler"; size = 4;
    buildPhase = ''
      i=1; while [ $i -le 24 ]; do echo "  CC       src/module-$i.o"; i=$((i+1)); done
      echo "In file included from src/network.c:14:" >&2
      echo "src/network.c: In function 'connect_to_peer':" >&2
      echo "src/network.c:212:9: error: implicit declaration of function 'SSL_library_init' [-Wimplicit-function-declaration]" >&2
      echo "  212 |         SSL_library_init();" >&2
      echo "      |         ^~~~~~~~~~~~~~~~" >&2
      echo "src/network.c:219:27: error: 'TLSv1_method' undeclared (first use in this function); did you mean 'TLS_method'?" >&2
      echo "  219 |     ctx = SSL_CTX_new(TLSv1_method());" >&2
      echo "      |                           ^~~~~~~~~~~~" >&2
      echo "make[2]: *** [Makefile:118: src/network.o] Error 1" >&2
      echo "make[1]: *** [Makefile:64: all-recursive] Error 1" >&2
      echo "make: *** [Makefile:31: all] Error 2" >&2
      exit 2
    '';
  };
  # Stops already while being configured.
  broken-configure = {
    version = "0.4"; description = "Package that does not find its compiler"; size = 4;
    buildPhase = "echo 'checking for gcc... no'; echo 'configure: error: no acceptable C compiler found in $PATH' >&2; exit 77";
  };
  # The cause of its failure lies two levels below.
  deep-failure = { version = "3.2"; description = "Program whose library's library fails to build"; size = 4; deps = [ "libmiddle" ]; };
  libmiddle = { version = "1.8"; description = "Library between a program and a failing library"; size = 4; library = true; deps = [ "libdeep" ]; };
  libdeep = {
    version = "0.9.4"; description = "Library whose tests fail"; size = 4; library = true;
    buildPhase = ''
      phase checkPhase
      echo "PASS: tests/parse"; echo "PASS: tests/print"
      echo "FAIL: tests/roundtrip (expected 42, got 41)" >&2
      echo "1 of 3 tests failed" >&2
      exit 1
    '';
  };
  # Takes its time, a line a second: `slow-build.override { seconds = 60; }`, or slowBuildSeconds in nixpkgs.config.
  slow-build = {
    version = "1.0"; description = "Package that takes a while to build"; size = 4; seconds = 20;
    slow = true;
  };
  # Writes a long log: `chatty-build.override { lines = 50000; }`.
  chatty-build = { version = "1.0"; description = "Package with a very long build log"; size = 4; lines = 2000; chatty = true; };
  # Ends well without making what it was to make.
  no-output = { version = "1.0"; description = "Package whose build makes nothing"; size = 4; buildPhase = "echo 'nothing to install'; exit 0"; };
  # Is ended from outside, as by the kernel when memory runs out.
  killed-build = { version = "1.0"; description = "Package whose compiler is killed"; size = 4; buildPhase = "echo 'cc1plus: compiling a large file'; kill -9 $$"; };
  # Has the same program as hello.
  hello-old = { pname = "hello"; version = "2.10"; description = "Older version of GNU Hello"; license = "gpl3Plus"; size = 8; says = "Hello, old world!"; };
  openssl_1_1 = {
    pname = "openssl"; version = "1.1.1w"; description = "Cryptographic library that implements the SSL and TLS protocols"; license = "openssl"; size = 80; library = true; programs = [ "openssl" ]; deps = [ "glibc" ];
    vulnerabilities = [ "OpenSSL 1.1 is reaching its end of life on 2023/09/11 and cannot be supported through the NixOS 23.11 release cycle. https://www.openssl.org/blog/blog/2023/03/28/1.1.1-EOL/" ];
  };
  oldapp = { version = "0.9"; description = "Program nobody repaired"; broken = true; };
  macapp = { version = "1.0"; description = "Program for another system"; platforms = [ "aarch64-darwin" "x86_64-darwin" ]; };
}
