# The same channel some weeks later: fixes, one new package, one removed.
{
  release = "25.11";
  codeName = "Xantusia";
  suffix = ".20251209.c97c47f";
  rev = "c97c47f2bac4fa59e2cbdeba289686ae615f8ed4";
  versions = {
    linux = "6.12.61";
    linux_latest = "6.18";
    systemd = "258.3";
    openssl = "3.6.1";
    openssh = "10.2p2";
    firefox = "146.0";
    thunderbird = "146.0";
    chromium = "143.0.7499.40";
    google-chrome = "143.0.7499.40";
    vscode = "1.106.3";
    git = "2.52.0";
    nginx = "1.28.1";
    curl = "8.18.0";
    vim = "9.1.1918";
    tmux = "3.6";
  };
  sizes = { firefox = 372; git = 146; systemd = 236; chromium = 408; };
  added.zoxide = {
    version = "0.9.8";
    description = "Fast cd command that learns your habits";
    size = 18;
    deps = [ "glibc" ];
    homepage = "https://github.com/ajeetdsouza/zoxide";
  };
  removed = [ "sl" ];
}
