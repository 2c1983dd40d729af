# Devices, sound and graphics.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption mkEnableOption types;
in
{
  options = {
    hardware.bluetooth.enable = mkEnableOption "support for Bluetooth";
    hardware.bluetooth.powerOnBoot = mkOption { type = types.bool; default = true; description = "Whether to power up the default Bluetooth controller on boot."; };
    hardware.graphics.enable = mkOption { type = types.bool; default = false; description = "Whether to enable hardware accelerated graphics drivers."; };
    hardware.graphics.enable32Bit = mkOption { type = types.bool; default = false; description = "On 64-bit systems, whether to also install 32-bit drivers for 32-bit applications (such as Wine)."; };
    hardware.nvidia.modesetting.enable = mkEnableOption "kernel modesetting when using the NVIDIA proprietary driver";
    hardware.nvidia.open = mkOption { type = types.nullOr types.bool; default = null; description = "Whether to enable the open source NVIDIA kernel module."; };
    hardware.enableRedistributableFirmware = mkOption { type = types.bool; default = false; description = "Whether to enable firmware with a license allowing redistribution."; };
    hardware.enableAllFirmware = mkEnableOption "all firmware regardless of license";
    hardware.cpu.intel.updateMicrocode = mkOption { type = types.bool; default = false; description = "Update the CPU microcode for Intel processors."; };
    hardware.cpu.amd.updateMicrocode = mkOption { type = types.bool; default = false; description = "Update the CPU microcode for AMD processors."; };
    powerManagement.enable = mkOption { type = types.bool; default = true; description = "Whether to enable power management. This includes support for suspend-to-RAM and powersave features on laptops."; };
    powerManagement.cpuFreqGovernor = mkOption { type = types.nullOr types.str; default = null; description = "Configure the governor used to regulate the frequency of the available CPUs."; };
  };
  config = lib.mkMerge [
    { environment.systemPackages = [ (pkgs.writeShellScriptBin "nixos-generate-config" (builtins.readFile ./hardware-scan.sh)) ]; }
    { system.build.firmware = pkgs.tree "firmware" { } { links."lib/firmware" = if config.hardware.enableRedistributableFirmware then "${pkgs.linux-firmware}/share/linux-firmware" else "/run/empty"; }; }
    (lib.mkIf config.hardware.bluetooth.enable {
      environment.systemPackages = [ pkgs.bluez ];
      systemd.services.bluetooth = { description = "Bluetooth service"; wantedBy = [ "bluetooth.target" ]; serviceConfig.ExecStart = "${pkgs.bluez}/bin/bluetoothd"; };
    })
  ];
}
