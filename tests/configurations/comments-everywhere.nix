{ pkgs, ... }: { # the machine
  /* packages
     for everyone */
  environment.systemPackages = /* all of them */ with pkgs; [ # begin
    vim # Do not forget to add an editor to edit configuration.nix! The Nano editor is also installed by default.
  #  wget
    # git
    # end
  ]; # keep this
} # end
