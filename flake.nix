{
  description = "A natural-language assistant for NixOS: say what you want, see the plan, agree, and learn on the way";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs }:
    let
      inherit (nixpkgs) lib;
      manifest = (builtins.fromTOML (builtins.readFile ./Cargo.toml)).package;
      # `f` with the packages of each system that ask-nix runs on.
      each = f: lib.genAttrs [ "x86_64-linux" "aarch64-linux" ] (system: f nixpkgs.legacyPackages.${system});

      package =
        {
          lib,
          stdenv,
          rustPlatform,
          installShellFiles,
        }:
        rustPlatform.buildRustPackage {
          pname = manifest.name;
          inherit (manifest) version;
          # What the program is built from, so that a new word in the README builds nothing.
          src = lib.fileset.toSource {
            root = ./.;
            fileset = lib.fileset.unions [
              ./Cargo.toml
              ./Cargo.lock
              ./build.rs
              ./src
              ./intents
              ./education
              ./starter
              ./demo
              ./benches
            ];
          };
          cargoLock.lockFile = ./Cargo.lock;
          nativeBuildInputs = [ installShellFiles ];
          # The tests want a Nix of their own and the texts of the project beside the program: `tests/run`.
          doCheck = false;
          # The program itself says what belongs there, so it must run on the machine that builds it.
          postInstall = lib.optionalString (stdenv.buildPlatform.canExecute stdenv.hostPlatform) ''
            for shell in bash fish zsh; do
              $out/bin/ask-nix completions $shell > ask-nix.$shell
            done
            installShellCompletion ask-nix.{bash,fish,zsh}
            $out/bin/ask-nix man > ask-nix.1
            installManPage ask-nix.1
          '';
          meta = {
            inherit (manifest) description;
            license = [ lib.licenses.mit lib.licenses.asl20 ];
            mainProgram = "ask-nix";
            platforms = lib.platforms.linux;
          };
        };
    in
    {
      packages = each (pkgs: rec {
        ask-nix = pkgs.callPackage package { };
        default = ask-nix;
      });

      apps = each (pkgs: {
        default = {
          type = "app";
          program = "${self.packages.${pkgs.stdenv.hostPlatform.system}.default}/bin/ask-nix";
          meta = { inherit (manifest) description; };
        };
      });

      overlays.default = final: _: { ask-nix = final.callPackage package { }; };

      nixosModules.default =
        {
          config,
          lib,
          pkgs,
          ...
        }:
        let
          cfg = config.programs.ask-nix;
        in
        {
          options.programs.ask-nix = {
            enable = lib.mkEnableOption "ask-nix, a natural-language assistant for this machine";
            package = lib.mkOption {
              type = lib.types.package;
              default = self.packages.${pkgs.stdenv.hostPlatform.system}.default;
              defaultText = lib.literalExpression "ask-nix.packages.\${system}.default";
              description = "The ask-nix to install.";
            };
            flake = lib.mkOption {
              type = lib.types.nullOr lib.types.str;
              default = null;
              example = "/home/ada/nixos";
              description = "The flake that describes this machine, for everyone who does not choose another: `ASK_NIX_FLAKE`.";
            };
            lessons = lib.mkOption {
              type = lib.types.nullOr (lib.types.enum [ "full" "brief" "off" ]);
              default = null;
              example = "off";
              description = "How much is taught, for everyone who does not choose otherwise: `ASK_NIX_LESSONS`.";
            };
          };
          config = lib.mkIf cfg.enable {
            environment.systemPackages = [ cfg.package ];
            environment.variables = lib.filterAttrs (_: value: value != null) {
              ASK_NIX_FLAKE = cfg.flake;
              ASK_NIX_LESSONS = cfg.lessons;
            };
          };
        };

      devShells = each (pkgs: {
        default = pkgs.mkShell {
          inputsFrom = [ self.packages.${pkgs.stdenv.hostPlatform.system}.default ];
          packages = [ pkgs.clippy pkgs.rustfmt pkgs.rust-analyzer pkgs.git pkgs.nix ];
        };
      });

      checks = each (pkgs: {
        package = self.packages.${pkgs.stdenv.hostPlatform.system}.default;
      });

      formatter = each (pkgs: pkgs.nixfmt);
    };
}
