# The next release.
{
  release = "26.05";
  codeName = "Yarara";
  suffix = ".20260601.b1f4c2a";
  rev = "b1f4c2a05d9e4b7f8a6e3c1d2f0a9b8c7d6e5f40";
  versions = {
    glibc = "2.42-11";
    linux = "6.18.7";
    linux_latest = "7.0.2";
    systemd = "259.4";
    openssl = "3.6.3";
    openssh = "10.3p1";
    firefox = "151.0";
    thunderbird = "151.0";
    chromium = "148.0.7700.52";
    google-chrome = "148.0.7700.52";
    vscode = "1.112.0";
    git = "2.54.0";
    nginx = "1.30.0";
    postgresql = "18.4";
    docker = "29.2.0";
    gnome-shell = "50.2";
    nautilus = "50.1";
    gdm = "50.0";
    plasma-desktop = "6.6.4";
    neovim = "0.12.1";
    vim = "9.2.210";
    curl = "8.20.0";
    nix = "2.34.2";
    bash = "5.3p9";
    htop = "3.5.0";
    libreoffice = "26.2.3.2";
  };
  sizes = { firefox = 384; linux = 210; gnome-shell = 150; glibc = 330; };
  added.zoxide = { version = "0.9.9"; description = "Fast cd command that learns your habits"; size = 18; deps = [ "glibc" ]; };
  added.helix = { version = "26.04"; description = "Post-modern modal text editor"; license = "mpl20"; size = 170; mainProgram = "hx"; deps = [ "glibc" ]; };
  removed = [ "sl" ];
}
