{ pkgs, ... }: {
  environment.etc."motd".text = ''
    environment.systemPackages = [ ];
    ''${not interpolated} ''' and }
  '';
  environment.interactiveShellInit = "alias x=\"echo \\\"}\\\"\"; # not a comment";
  environment.systemPackages = [ pkgs.vim ]; services.openssh.enable = false; # both
  url = https://example.org/a;
}
