{ pkgs, ... }:
{
  environment.systemPackages = builtins.attrValues {
    inherit (pkgs)
      vim
      git
      ripgrep
      ;
    inherit (pkgs.kdePackages) kate;
  };
}
