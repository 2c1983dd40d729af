args@{ pkgs, ... }:
let lib = args.lib; in
{
  environment.systemPackages = lib.mkIf true (with pkgs; [ vim ]);
}
