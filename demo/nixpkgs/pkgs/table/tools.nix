# Command line tools, editors and languages.
{
  vim = { version = "9.1.1869"; description = "Most popular clone of the VI editor"; license = "vim"; size = 110; programs = [ "vim" "vi" "xxd" ]; deps = [ "ncurses" ]; homepage = "https://www.vim.org"; };
  neovim = { version = "0.11.5"; description = "Vim text editor fork focused on extensibility and agility"; license = "asl20"; size = 130; mainProgram = "nvim"; deps = [ "ncurses" ]; homepage = "https://neovim.io"; };
  nano = { version = "8.7"; description = "Small, user-friendly console text editor"; license = "gpl3Plus"; size = 30; deps = [ "ncurses" ]; };
  emacs = { version = "30.2"; description = "Extensible, customizable GNU text editor"; license = "gpl3Plus"; size = 300; deps = [ "ncurses" "zlib" ]; homepage = "https://www.gnu.org/software/emacs/"; };
  htop = { version = "3.4.1"; description = "Interactive process viewer"; license = "gpl2Only"; size = 20; deps = [ "ncurses" ]; homepage = "https://htop.dev"; };
  btop = { version = "1.4.5"; description = "Monitor of resources"; license = "asl20"; size = 34; deps = [ "glibc" ]; homepage = "https://github.com/aristocratos/btop"; };
  git = { version = "2.51.2"; description = "Distributed version control system"; license = "gpl2Only"; size = 140; deps = [ "curl" "zlib" "openssl" ]; says = "git version 2.51.2"; homepage = "https://git-scm.com/"; };
  ripgrep = { version = "15.1.0"; description = "Utility that combines the usability of The Silver Searcher with the raw speed of grep"; size = 50; mainProgram = "rg"; deps = [ "glibc" ]; homepage = "https://github.com/BurntSushi/ripgrep"; };
  fd = { version = "10.3.0"; description = "Simple, fast and user-friendly alternative to find"; license = "asl20"; size = 36; deps = [ "glibc" ]; homepage = "https://github.com/sharkdp/fd"; };
  fzf = { version = "0.67.0"; description = "Command-line fuzzy finder written in Go"; size = 38; homepage = "https://github.com/junegunn/fzf"; };
  bat = { version = "0.26.0"; description = "Cat(1) clone with syntax highlighting and Git integration"; license = "asl20"; size = 44; deps = [ "glibc" "zlib" ]; homepage = "https://github.com/sharkdp/bat"; };
  tmux = { version = "3.5a"; description = "Terminal multiplexer"; license = "bsd3"; size = 26; deps = [ "ncurses" ]; homepage = "https://tmux.github.io/"; };
  curl = { version = "8.17.0"; description = "Command line tool for transferring files with URL syntax"; license = "curl"; size = 56; deps = [ "openssl" "zlib" ]; homepage = "https://curl.se/"; };
  wget = { version = "1.25.0"; description = "Tool for retrieving files using HTTP, HTTPS, and FTP"; license = "gpl3Plus"; size = 40; deps = [ "openssl" "zlib" ]; };
  jq = { version = "1.8.1"; description = "Lightweight and flexible command-line JSON processor"; size = 22; deps = [ "glibc" ]; homepage = "https://jqlang.github.io/jq/"; };
  tree = { version = "2.2.1"; description = "Command to produce a depth indented directory listing"; license = "gpl2Only"; size = 8; deps = [ "glibc" ]; };
  unzip = { version = "6.0"; description = "Extraction utility for archives compressed in .zip format"; license = "bsd3"; size = 10; deps = [ "glibc" ]; };
  fastfetch = { version = "2.54.3"; description = "Actively maintained, feature-rich and performance oriented, neofetch like system information tool"; size = 28; deps = [ "glibc" ]; };
  hello = { version = "2.12.2"; description = "Program that produces a familiar, friendly greeting"; license = "gpl3Plus"; size = 8; says = "Hello, world!"; deps = [ "glibc" ]; homepage = "https://www.gnu.org/software/hello/manual/"; };
  cowsay = { version = "3.8.4"; description = "Program which generates ASCII pictures of a cow with a message"; license = "gpl3Plus"; size = 12; homepage = "https://cowsay.diamonds"; };
  sl = { version = "5.05"; description = "Steam Locomotive runs across your terminal when you type 'sl'"; license = "bsd3"; size = 6; deps = [ "ncurses" ]; };
  python312 = { pname = "python3"; version = "3.12.12"; description = "High-level dynamically-typed programming language"; license = "psfl"; size = 260; mainProgram = "python3.12"; programs = [ "python3.12" "python3" ]; deps = [ "openssl" "zlib" "readline" ]; homepage = "https://www.python.org"; };
  nodejs_22 = { pname = "nodejs"; version = "22.21.1"; description = "Event-driven I/O framework for the V8 JavaScript engine"; size = 220; mainProgram = "node"; programs = [ "node" "npm" ]; deps = [ "openssl" "zlib" ]; homepage = "https://nodejs.org"; };
  rustc = { version = "1.91.1"; description = "Safe, concurrent, practical language"; size = 280; deps = [ "glibc" "zlib" ]; homepage = "https://www.rust-lang.org/"; };
  go = { version = "1.25.4"; description = "Go Programming language"; license = "bsd3"; size = 210; homepage = "https://go.dev/"; };
  gcc = { version = "14.3.0"; description = "GNU Compiler Collection, version 14.3.0 (wrapper script)"; license = "gpl3Plus"; size = 300; deps = [ "glibc" "zlib" ]; homepage = "https://gcc.gnu.org/"; };
}
