{ pkgs, inputs, ... }:
{
  imports = [ inputs.home-manager.nixosModules.default ];
  home-manager = {
    useGlobalPkgs = true;
    users.alice = { config, pkgs, ... }: {
      home.stateVersion = "25.11";
      home.packages = with pkgs; [ bat ];
      programs.git = { enable = true; };
    };
  };
  environment.systemPackages = [ ];
}
