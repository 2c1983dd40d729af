{ pkgs, lib, isLaptop ? false, ... }: {
  environment.systemPackages = lib.optionals isLaptop [ pkgs.powertop ] ++ (with pkgs; [
    vim git
    htop # trailing ] comment
  ]) ++ [ pkgs.curl ];
}
