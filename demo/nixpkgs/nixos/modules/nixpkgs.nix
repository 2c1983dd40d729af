# The package set the rest of the configuration sees as `pkgs`.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.nixpkgs;
in
{
  options.nixpkgs = {
    hostPlatform = mkOption {
      type = types.coercedTo types.attrs (p: p.system) types.str;
      example = "x86_64-linux";
      description = "Specifies the platform where the NixOS configuration will run.";
    };
    config = mkOption {
      type = types.attrsOf types.anything;
      default = { };
      example = lib.literalExpression "{ allowUnfree = true; }";
      description = "Global configuration for Nixpkgs.";
    };
    overlays = mkOption {
      type = types.listOf types.raw;
      default = [ ];
      description = "List of overlays to apply to Nixpkgs.";
    };
    pkgs = mkOption {
      type = types.raw;
      default = import ../../pkgs { system = cfg.hostPlatform; inherit (cfg) config overlays; };
      defaultText = lib.literalExpression "import <nixpkgs> { … }";
      description = "The evaluated set of packages.";
    };
    flake.source = mkOption {
      type = types.nullOr types.str;
      default = null;
      internal = true;
      description = "The path to the nixpkgs sources used to build the system.";
    };
  };
  config._module.args.pkgs = cfg.pkgs;
}
