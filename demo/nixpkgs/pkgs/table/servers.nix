# Programs that run in the background.
{
  openssh = { version = "10.2p1"; description = "Implementation of the SSH protocol"; license = "bsd3"; size = 70; programs = [ "ssh" "sshd" "scp" "ssh-keygen" ]; mainProgram = "ssh"; deps = [ "openssl" "zlib" ]; homepage = "https://www.openssh.com/"; };
  nginx = { version = "1.28.0"; description = "Reverse proxy and lightweight webserver"; license = "bsd3"; size = 60; deps = [ "openssl" "zlib" ]; homepage = "http://nginx.org"; };
  docker = { version = "28.5.2"; description = "Pack, ship and run any application as a lightweight container"; license = "asl20"; size = 240; programs = [ "docker" "dockerd" ]; deps = [ "glibc" ]; homepage = "https://www.docker.com/"; };
  podman = { version = "5.7.0"; description = "Program for managing pods, containers and container images"; license = "asl20"; size = 200; deps = [ "glibc" ]; homepage = "https://podman.io/"; };
  postgresql = { version = "17.7"; description = "Powerful, open source object-relational database system"; license = "postgresql"; size = 190; programs = [ "postgres" "psql" "pg_dump" ]; mainProgram = "psql"; deps = [ "openssl" "zlib" "readline" ]; homepage = "https://www.postgresql.org"; };
  redis = { version = "8.2.3"; description = "Open source, advanced key-value store"; license = "bsd3"; size = 48; programs = [ "redis-server" "redis-cli" ]; deps = [ "glibc" ]; };
  cups = { version = "2.4.14"; description = "Standards-based printing system for UNIX"; license = "asl20"; size = 66; programs = [ "cupsd" "lp" ]; deps = [ "zlib" ]; };
  pipewire = { version = "1.4.9"; description = "Server and user space API to deal with multimedia pipelines"; size = 74; deps = [ "systemd" ]; homepage = "https://pipewire.org/"; };
  bluez = { version = "5.84"; description = "Official Linux Bluetooth protocol stack"; license = "gpl2Only"; size = 50; programs = [ "bluetoothctl" "bluetoothd" ]; deps = [ "systemd" ]; };
  networkmanager = { version = "1.54.1"; description = "Network configuration and management tool"; license = "gpl2Only"; size = 88; programs = [ "nmcli" "nmtui" "NetworkManager" ]; deps = [ "systemd" "openssl" ]; };
  tailscale = { version = "1.90.6"; description = "Node agent for Tailscale, a mesh VPN built on WireGuard"; license = "bsd3"; size = 120; programs = [ "tailscale" "tailscaled" ]; homepage = "https://tailscale.com"; };
  fwupd = { version = "2.0.17"; description = "Daemon to update device firmware"; license = "lgpl21Plus"; size = 58; mainProgram = "fwupdmgr"; deps = [ "systemd" ]; };
  avahi = { version = "0.8"; description = "mDNS/DNS-SD implementation"; license = "lgpl21Plus"; size = 32; programs = [ "avahi-daemon" "avahi-browse" ]; deps = [ "glibc" ]; };
}
