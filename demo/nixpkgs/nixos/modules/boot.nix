# From the firmware to the first process.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption mkEnableOption types;
  cfg = config.boot;
  fileSystem = { name, ... }: {
    options = {
      device = mkOption { type = types.nullOr types.nonEmptyStr; default = null; example = "/dev/sda"; description = "The device as passed to `mount`."; };
      fsType = mkOption { type = types.nonEmptyStr; default = "auto"; example = "ext3"; description = "Type of the file system."; };
      options = mkOption { type = types.listOf types.str; default = [ "defaults" ]; description = "Options used to mount the file system."; };
      mountPoint = mkOption { type = types.nonEmptyStr; default = name; description = "Location of the mounted file system."; };
      neededForBoot = mkOption { type = types.bool; default = false; description = "If set, this file system will be mounted in the initial ramdisk."; };
    };
  };
in
{
  options = {
    boot.kernelPackages = mkOption { type = types.raw; default = pkgs.linuxPackages; defaultText = lib.literalExpression "pkgs.linuxPackages"; example = lib.literalExpression "pkgs.linuxPackages_latest"; description = "This option allows you to override the Linux kernel used by NixOS."; };
    boot.kernelParams = mkOption { type = types.listOf types.str; default = [ ]; description = "Parameters added to the kernel command line."; };
    boot.kernelModules = mkOption { type = types.listOf types.str; default = [ ]; description = "The set of kernel modules to be loaded in the second stage of the boot process."; };
    boot.extraModulePackages = mkOption { type = types.listOf types.package; default = [ ]; description = "A list of additional packages supplying kernel modules."; };
    boot.blacklistedKernelModules = mkOption { type = types.listOf types.str; default = [ ]; description = "List of names of kernel modules that should not be loaded automatically by the hardware probing code."; };
    boot.kernel.sysctl = mkOption { type = types.attrsOf (types.nullOr (types.oneOf [ types.int types.bool types.str ])); default = { }; description = "Runtime parameters of the Linux kernel, as set by sysctl(8)."; };
    boot.consoleLogLevel = mkOption { type = types.int; default = 4; description = "The kernel console `loglevel`."; };
    boot.tmp.cleanOnBoot = mkOption { type = types.bool; default = false; description = "Whether to delete all files in {file}`/tmp` during boot."; };
    boot.tmp.useTmpfs = mkOption { type = types.bool; default = false; description = "Whether to mount a tmpfs on {file}`/tmp` during boot."; };
    boot.plymouth.enable = mkEnableOption "Plymouth boot splash screen";
    boot.supportedFilesystems = mkOption { type = types.listOf types.str; default = [ ]; description = "Names of supported filesystem types."; };
    boot.initrd.availableKernelModules = mkOption { type = types.listOf types.str; default = [ ]; description = "The set of kernel modules in the initial ramdisk used during the boot process."; };
    boot.initrd.kernelModules = mkOption { type = types.listOf types.str; default = [ ]; description = "List of modules that are always loaded by the initrd."; };
    boot.initrd.luks.devices = mkOption { type = types.attrsOf types.anything; default = { }; description = "The encrypted disk that should be opened before the root filesystem is mounted."; };
    boot.loader.timeout = mkOption { type = types.nullOr types.int; default = 5; description = "Timeout (in seconds) until loader boots the default menu item."; };
    boot.loader.systemd-boot.enable = mkEnableOption "the systemd-boot (formerly gummiboot) EFI boot manager";
    boot.loader.systemd-boot.configurationLimit = mkOption { type = types.nullOr types.int; default = null; example = 120; description = "Maximum number of latest generations in the boot menu."; };
    boot.loader.systemd-boot.editor = mkOption { type = types.bool; default = true; description = "Whether to allow editing the kernel command-line before boot."; };
    boot.loader.grub.enable = mkOption { type = types.bool; default = !cfg.loader.systemd-boot.enable; defaultText = lib.literalExpression "!config.boot.isContainer"; description = "Whether to enable the GNU GRUB boot loader."; };
    boot.loader.grub.device = mkOption { type = types.str; default = ""; example = "/dev/disk/by-id/wwn-0x500001234567890a"; description = "The device on which the GRUB boot loader will be installed."; };
    boot.loader.grub.devices = mkOption { type = types.listOf types.str; default = lib.optional (cfg.loader.grub.device != "") cfg.loader.grub.device; defaultText = lib.literalExpression "[ config.boot.loader.grub.device ]"; description = "The devices on which the boot loader, GRUB, will be installed."; };
    boot.loader.grub.configurationLimit = mkOption { type = types.int; default = 100; description = "Maximum of configurations in boot menu."; };
    boot.loader.efi.canTouchEfiVariables = mkOption { type = types.bool; default = false; description = "Whether the installation process is allowed to modify EFI boot variables."; };
    boot.loader.efi.efiSysMountPoint = mkOption { type = types.str; default = "/boot"; description = "Where the EFI System Partition is mounted."; };
    fileSystems = mkOption { default = { }; type = types.attrsOf (types.submodule fileSystem); example = lib.literalExpression "{ \"/\".device = \"/dev/hda1\"; }"; description = "The file systems to be mounted."; };
    swapDevices = mkOption {
      default = [ ];
      description = "The swap devices and swap files.";
      type = types.listOf (types.submodule {
        options.device = mkOption { type = types.nonEmptyStr; description = "Path of the device or swap file."; };
        options.size = mkOption { type = types.nullOr types.int; default = null; description = "If this option is set, ‘device’ is interpreted as the path of a swapfile that will be created automatically with the indicated size in MiB."; };
        options.priority = mkOption { type = types.nullOr types.int; default = null; description = "Specify the priority of the swap device."; };
      });
    };
    zramSwap.enable = mkOption { type = types.bool; default = false; description = "Enable in-memory compressed devices and swap space provided by the zram kernel module."; };
    zramSwap.memoryPercent = mkOption { type = types.int; default = 50; description = "Maximum total amount of memory that can be stored in the zram swap devices (as a percentage of your total memory)."; };
  };
  config = {
    boot.kernelParams = lib.mkAfter [ "loglevel=${toString cfg.consoleLogLevel}" ];
    assertions = [
      { assertion = config.fileSystems ? "/"; message = "The ‘fileSystems’ option does not specify your root file system."; }
      {
        assertion = !cfg.loader.grub.enable || cfg.loader.grub.devices != [ ];
        message = "You must set the option ‘boot.loader.grub.devices’ or 'boot.loader.grub.mirroredBoots' to make the system bootable.";
      }
    ];
    environment.etc.fstab.text = lib.concatStrings (lib.mapAttrsToList
      (_: f: "${toString f.device} ${f.mountPoint} ${f.fsType} ${lib.concatStringsSep "," f.options} 0 0\n")
      config.fileSystems) + lib.concatMapStrings (s: "${s.device} none swap defaults 0 0\n") config.swapDevices;
    environment.etc."sysctl.d/60-nixos.conf".text = lib.concatStrings (lib.mapAttrsToList (n: v: "${n}=${if lib.isBool v then (if v then "1" else "0") else toString v}\n") cfg.kernel.sysctl);
    environment.etc."modules-load.d/nixos.conf".text = lib.concatMapStrings (m: m + "\n") cfg.kernelModules;
    system.build.kernel = cfg.kernelPackages.kernel;
    system.build.initialRamdisk = pkgs.tree "initrd-linux-${cfg.kernelPackages.kernel.version}" { } {
      files.initrd = "modules: ${toString (cfg.initrd.availableKernelModules ++ cfg.initrd.kernelModules)}\n";
    };
    systemd.services = lib.mkIf config.zramSwap.enable {
      "zram-setup@zram0" = { description = "Create swap on /dev/zram0"; wantedBy = [ "swap.target" ]; serviceConfig.ExecStart = "${pkgs.zram-generator}/bin/zram-generator --setup-device zram0"; };
    };
  };
}
