# The branch that never stands still.
{
  release = "26.11";
  codeName = "Zokor";
  suffix = "pre1012345.e4d21f7";
  rev = "e4d21f77c1a2b3d4e5f60718293a4b5c6d7e8f90";
  versions = {
    glibc = "2.42-11";
    linux = "6.18.19";
    linux_latest = "7.1.4";
    systemd = "260.1";
    openssl = "3.6.3";
    openssh = "10.3p1";
    firefox = "153.0";
    thunderbird = "153.0";
    chromium = "148.0.7700.52";
    google-chrome = "148.0.7700.52";
    vscode = "1.112.0";
    git = "2.55.1";
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
