# Programs with an own switch.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption mkEnableOption mkIf types;
  cfg = config.programs;
  # A program whose switch does no more than install it.
  plain = { git = pkgs.git; firefox = pkgs.firefox; tmux = pkgs.tmux; htop = pkgs.htop; neovim = pkgs.neovim; vim = pkgs.vim; chromium = pkgs.chromium; thunderbird = pkgs.thunderbird; fish = pkgs.fish; zsh = pkgs.zsh; steam = pkgs.steam; };
  switch = name: what: mkOption { type = types.bool; default = false; example = true; description = "Whether to enable ${what}."; };
  defaultEditor = name: mkOption { type = types.bool; default = false; description = "When enabled, configures ${name} to be the default editor using the EDITOR environment variable."; };
in
{
  options.programs = {
    git.enable = switch "git" "git, a distributed version control system";
    git.config = mkOption { type = types.attrsOf types.anything; default = { }; description = "Configuration to write to /etc/gitconfig."; };
    firefox.enable = switch "firefox" "the Firefox web browser";
    firefox.policies = mkOption { type = types.attrsOf types.anything; default = { }; description = "Group policies to install."; };
    chromium.enable = switch "chromium" "{command}`chromium` policies";
    thunderbird.enable = switch "thunderbird" "Thunderbird mail client";
    steam.enable = switch "steam" "steam";
    steam.remotePlay.openFirewall = mkOption { type = types.bool; default = false; description = "Open ports in the firewall for Steam Remote Play."; };
    gamemode.enable = switch "gamemode" "GameMode to optimise system performance on demand";
    zsh.enable = mkOption { type = types.bool; default = false; description = "Whether to configure zsh as an interactive shell. To enable zsh for a particular user, use the {option}`users.users.<name?>.shell` option for that user."; };
    zsh.autosuggestions.enable = mkEnableOption "zsh-autosuggestions";
    zsh.syntaxHighlighting.enable = mkEnableOption "zsh-syntax-highlighting";
    zsh.ohMyZsh.enable = mkOption { type = types.bool; default = false; description = "Enable oh-my-zsh."; };
    fish.enable = mkOption { type = types.bool; default = false; description = "Whether to configure fish as an interactive shell."; };
    tmux.enable = mkOption { type = types.bool; default = false; description = "Whenever to configure {command}`tmux` system-wide."; };
    htop.enable = mkEnableOption "htop process monitor";
    neovim.enable = mkOption { type = types.bool; default = false; description = "Whether to enable Neovim."; };
    neovim.defaultEditor = defaultEditor "neovim";
    vim.enable = mkEnableOption "Vi IMproved, an advanced text editor";
    vim.defaultEditor = defaultEditor "vim";
    nano.enable = mkEnableOption "nano, a small user-friendly console text editor" // { default = true; };
    nix-ld.enable = mkEnableOption "nix-ld";
    mtr.enable = mkOption { type = types.bool; default = false; description = "Whether to add mtr to the global environment and configure a setcap wrapper for it."; };
    gnupg.agent.enable = mkOption { type = types.bool; default = false; description = "Enables GnuPG agent with socket-activation for every user session."; };
    gnupg.agent.enableSSHSupport = mkOption { type = types.bool; default = false; description = "Enable SSH agent support in GnuPG agent."; };
    ssh.startAgent = mkOption { type = types.bool; default = false; description = "Whether to start the OpenSSH agent when you log in."; };
    direnv.enable = mkEnableOption "direnv integration";
  };
  config = lib.mkMerge [
    { environment.systemPackages = lib.concatLists (lib.mapAttrsToList (n: p: lib.optional cfg.${n}.enable p) plain); }
    (mkIf cfg.neovim.defaultEditor { environment.variables.EDITOR = lib.mkOverride 900 "nvim"; })
    (mkIf cfg.vim.defaultEditor { environment.variables.EDITOR = lib.mkOverride 900 "vim"; })
    (mkIf (cfg.git.enable && cfg.git.config != { }) { environment.etc.gitconfig.text = builtins.toJSON cfg.git.config; })
    (mkIf cfg.steam.enable { hardware.graphics = { enable = true; enable32Bit = true; }; })
    (mkIf cfg.steam.remotePlay.openFirewall { networking.firewall.allowedTCPPorts = [ 27036 ]; networking.firewall.allowedUDPPorts = [ 27031 ]; })
    (mkIf cfg.zsh.enable { environment.etc.zshrc.text = "# /etc/zshrc: DO NOT EDIT -- this file has been generated automatically.\n"; })
  ];
}
