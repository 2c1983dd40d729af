inputs: {
  environment.systemPackages = with inputs.pkgs; [ vim ];
}
