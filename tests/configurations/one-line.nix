{pkgs,...}:{environment.systemPackages=[pkgs.vim];services.openssh.enable=true;}
