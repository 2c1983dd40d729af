# Services and programs of which only the options are here: enough for a configuration that names them to be evaluated.
{ lib, ... }:
let
  inherit (lib) mkOption types;
  names = path: builtins.filter builtins.isString (builtins.split "\\." path);
  option = path: type: default: {
    options = builtins.foldl' (inner: name: { ${name} = inner; })
      (mkOption { inherit type default; description = "Whether to enable ${path}, of which this machine has nothing but the switch."; })
      (lib.reverseList (names path));
  };
  switch = path: option path types.bool false;
  switches = [
    "documentation.doc.enable"
    "documentation.info.enable"
    "hardware.amdgpu.initrd.enable"
    "hardware.sane.enable"
    "networking.nat.enable"
    "networking.nftables.enable"
    "networking.wireguard.enable"
    "programs.command-not-found.enable"
    "programs.hyprland.enable"
    "programs.java.enable"
    "programs.niri.enable"
    "programs.sway.enable"
    "programs.virt-manager.enable"
    "security.sudo.execWheelOnly"
    "services.adguardhome.enable"
    "services.auto-cpufreq.enable"
    "services.avahi.publish.addresses"
    "services.avahi.publish.enable"
    "services.blocky.enable"
    "services.caddy.enable"
    "services.cage.enable"
    "services.desktopManager.cosmic.enable"
    "services.desktopManager.pantheon.enable"
    "services.displayManager.cosmic-greeter.enable"
    "services.dnsmasq.enable"
    "services.dovecot2.enable"
    "services.forgejo.enable"
    "services.gitea.enable"
    "services.gitlab.enable"
    "services.grafana.enable"
    "services.home-assistant.enable"
    "services.home-assistant.openFirewall"
    "services.httpd.enable"
    "services.immich.enable"
    "services.jellyfin.enable"
    "services.jellyfin.openFirewall"
    "services.k3s.enable"
    "services.minecraft-server.enable"
    "services.minecraft-server.eula"
    "services.minecraft-server.openFirewall"
    "services.mongodb.enable"
    "services.mysql.enable"
    "services.navidrome.enable"
    "services.netbird.enable"
    "services.nextcloud.enable"
    "services.nginx.recommendedGzipSettings"
    "services.nginx.recommendedOptimisation"
    "services.nginx.recommendedProxySettings"
    "services.ollama.enable"
    "services.plex.enable"
    "services.plex.openFirewall"
    "services.postfix.enable"
    "services.printing.browsing"
    "services.printing.defaultShared"
    "services.printing.openFirewall"
    "services.prometheus.enable"
    "services.prometheus.exporters.node.enable"
    "services.prowlarr.enable"
    "services.radarr.enable"
    "services.samba-wsdd.enable"
    "services.samba-wsdd.openFirewall"
    "services.samba.enable"
    "services.samba.nmbd.enable"
    "services.samba.openFirewall"
    "services.smartd.enable"
    "services.sonarr.enable"
    "services.transmission.enable"
    "services.unbound.enable"
    "services.vaultwarden.enable"
    "services.xserver.desktopManager.budgie.enable"
    "services.xserver.desktopManager.cinnamon.enable"
    "services.xserver.desktopManager.kodi.enable"
    "services.xserver.desktopManager.lxqt.enable"
    "services.xserver.desktopManager.mate.enable"
    "services.xserver.desktopManager.xfce.enable"
    "services.xserver.displayManager.lightdm.enable"
    "services.xserver.windowManager.awesome.enable"
    "services.xserver.windowManager.bspwm.enable"
    "services.xserver.windowManager.i3.enable"
    "services.zerotierone.enable"
    "virtualisation.incus.enable"
    "virtualisation.libvirtd.enable"
    "virtualisation.virtualbox.host.enable"
  ];
in
{
  imports = map switch switches ++ [
    (option "services.cage.program" types.path "/bin/sh")
    (option "services.cage.user" types.str "demo")
    (option "services.home-assistant.config" (types.nullOr (types.attrsOf types.anything)) null)
    (option "services.home-assistant.extraComponents" (types.listOf types.str) [ ])
    (option "services.mysql.package" types.package "")
    (option "services.nextcloud.config" (types.attrsOf types.anything) { })
    (option "services.nextcloud.hostName" types.str "")
    (option "services.printing.allowFrom" (types.listOf types.str) [ "localhost" ])
    (option "services.printing.listenAddresses" (types.listOf types.str) [ "localhost:631" ])
  ];
}
