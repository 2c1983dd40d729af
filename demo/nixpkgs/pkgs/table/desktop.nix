# Programs with windows, and what they stand on.
{
  gtk3 = { version = "3.24.51"; description = "Multi-platform toolkit for creating graphical user interfaces"; license = "lgpl21Plus"; size = 160; library = true; deps = [ "glibc" "zlib" ]; };
  qtbase = { version = "6.10.1"; description = "Cross-platform application framework for C++"; license = "lgpl21Plus"; size = 200; library = true; deps = [ "glibc" "openssl" ]; };
  firefox = { version = "145.0"; description = "Web browser built from Firefox source tree"; license = "mpl20"; size = 360; desktop = "Firefox"; says = "Mozilla Firefox"; deps = [ "gtk3" "openssl" ]; homepage = "http://www.mozilla.com/en-US/firefox/"; };
  chromium = { version = "142.0.7444.134"; description = "Open source web browser from Google"; license = "bsd3"; size = 400; desktop = "Chromium"; deps = [ "gtk3" "openssl" ]; homepage = "https://www.chromium.org/Home/"; };
  google-chrome = { version = "142.0.7444.134"; description = "Freeware web browser developed by Google"; license = "unfree"; size = 420; desktop = "Google Chrome"; mainProgram = "google-chrome-stable"; deps = [ "gtk3" ]; homepage = "https://www.google.com/chrome/browser/"; };
  thunderbird = { version = "145.0"; description = "Full-featured e-mail client"; license = "mpl20"; size = 330; desktop = "Thunderbird"; deps = [ "gtk3" "openssl" ]; homepage = "https://thunderbird.net/"; };
  vscode = { version = "1.106.0"; description = "Code editor developed by Microsoft"; license = "unfree"; size = 380; desktop = "Visual Studio Code"; mainProgram = "code"; deps = [ "gtk3" ]; homepage = "https://code.visualstudio.com/"; };
  vscodium = { version = "1.105.17075"; description = "VS Code without MS branding/telemetry/licensing"; size = 370; desktop = "VSCodium"; mainProgram = "codium"; deps = [ "gtk3" ]; homepage = "https://vscodium.com/"; };
  gimp = { version = "3.0.6"; description = "GNU Image Manipulation Program"; license = "gpl3Plus"; size = 250; desktop = "GIMP"; deps = [ "gtk3" ]; homepage = "https://www.gimp.org/"; };
  inkscape = { version = "1.4.2"; description = "Vector graphics editor"; license = "gpl3Plus"; size = 230; desktop = "Inkscape"; deps = [ "gtk3" ]; homepage = "https://www.inkscape.org"; };
  vlc = { version = "3.0.21"; description = "Cross-platform media player and streaming server"; license = "lgpl21Plus"; size = 180; desktop = "VLC media player"; deps = [ "qtbase" ]; homepage = "https://www.videolan.org/vlc/"; };
  mpv = { version = "0.40.0"; description = "General-purpose media player, fork of MPlayer and mplayer2"; license = "gpl2Only"; size = 90; desktop = "mpv Media Player"; deps = [ "glibc" ]; homepage = "https://mpv.io"; };
  libreoffice = { version = "25.2.6.2"; description = "Comprehensive, professional-quality productivity suite"; license = "mpl20"; size = 480; desktop = "LibreOffice"; deps = [ "gtk3" "zlib" ]; homepage = "https://libreoffice.org/"; };
  steam = { version = "1.0.0.85"; description = "Digital distribution platform"; license = "unfree"; size = 120; desktop = "Steam"; deps = [ "glibc" ]; homepage = "https://store.steampowered.com/"; };
  discord = { version = "0.0.115"; description = "All-in-one cross-platform voice and text chat for gamers"; license = "unfree"; size = 300; desktop = "Discord"; deps = [ "gtk3" ]; homepage = "https://discordapp.com/"; };
  spotify = { version = "1.2.74.477"; description = "Play music from the Spotify music service"; license = "unfree"; size = 310; desktop = "Spotify"; deps = [ "gtk3" ]; homepage = "https://www.spotify.com/"; };
  gnome-shell = { version = "49.1"; description = "Core user interface for the GNOME desktop"; license = "gpl2Only"; size = 140; deps = [ "gtk3" "systemd" ]; homepage = "https://apps.gnome.org/"; };
  nautilus = { version = "49.1"; description = "File manager for GNOME"; license = "gpl3Plus"; size = 60; desktop = "Files"; deps = [ "gtk3" ]; };
  gdm = { version = "49.1"; description = "Program that manages graphical display servers and handles graphical user logins"; license = "gpl2Only"; size = 40; deps = [ "gtk3" "systemd" ]; };
  plasma-desktop = { version = "6.5.2"; description = "Plasma desktop"; license = "gpl2Only"; size = 150; programs = [ "startplasma-wayland" ]; deps = [ "qtbase" "systemd" ]; };
  dolphin = { version = "25.08.3"; description = "File manager for KDE"; license = "gpl2Only"; size = 64; desktop = "Dolphin"; deps = [ "qtbase" ]; };
  sddm = { version = "0.21.0"; description = "QML based X11 display manager"; license = "gpl2Only"; size = 36; deps = [ "qtbase" ]; };
  xorg-server = { version = "21.1.20"; description = "X Window System display server"; size = 80; mainProgram = "X"; deps = [ "glibc" "openssl" ]; };
  dejavu_fonts = { pname = "dejavu-fonts"; version = "2.37"; description = "Typeface family based on the Bitstream Vera fonts"; size = 70; programs = [ ]; files."share/fonts/truetype/DejaVuSans.ttf" = "glyphs\n"; };
  noto-fonts = { version = "2025.11.01"; description = "Beautiful and free fonts for many languages"; size = 260; programs = [ ]; files."share/fonts/noto/NotoSans.ttf" = "glyphs\n"; };
}
