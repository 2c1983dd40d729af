{ pkgs, inputs, ... }: {
  environment.systemPackages = [
    (pkgs.callPackage ./my-tool.nix { })
    inputs.agenix.packages.${pkgs.system}.default
    (pkgs.python3.withPackages (ps: with ps; [ requests numpy ]))
    (pkgs.writeShellScriptBin "hi" ''
      echo "[ ${pkgs.hello}/bin/hello ]"
    '')
  ];
}
