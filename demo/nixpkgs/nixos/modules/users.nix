# People, groups, and who may become root.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption mkEnableOption types;
  cfg = config.users;
  userModule = { name, config, ... }: {
    options = {
      name = mkOption { type = types.passwdEntry types.str; default = name; description = "The name of the user account."; };
      description = mkOption { type = types.passwdEntry types.str; default = ""; example = "Alice Q. User"; description = "A short description of the user account, typically the user's full name."; };
      isNormalUser = mkOption { type = types.bool; default = false; description = "Indicates whether this is an account for a “real” user."; };
      isSystemUser = mkOption { type = types.bool; default = false; description = "Indicates if the user is a system user or not."; };
      uid = mkOption { type = types.nullOr types.int; default = null; description = "The account UID."; };
      group = mkOption { type = types.str; default = if config.isNormalUser then "users" else ""; defaultText = lib.literalExpression "if isNormalUser then \"users\" else \"\""; description = "The user's primary group."; };
      extraGroups = mkOption { type = types.listOf types.str; default = [ ]; description = "The user's auxiliary groups."; };
      home = mkOption { type = types.str; default = if config.isNormalUser then "/home/${name}" else "/var/empty"; defaultText = lib.literalExpression "\"/home/\${name}\""; description = "The user's home directory."; };
      createHome = mkOption { type = types.bool; default = config.isNormalUser; description = "Whether to create the home directory and ensure ownership as well as permissions to match the user."; };
      shell = mkOption { type = types.nullOr (types.either types.shellPackage (types.passwdEntry types.path)); default = cfg.defaultUserShell; defaultText = lib.literalExpression "config.users.defaultUserShell"; example = lib.literalExpression "pkgs.zsh"; description = "The path to the user's shell."; };
      packages = mkOption { type = types.listOf types.package; default = [ ]; example = lib.literalExpression "[ pkgs.firefox pkgs.thunderbird ]"; description = "The set of packages that should be made available to the user."; };
      initialPassword = mkOption { type = types.nullOr types.str; default = null; description = "Specifies the initial password for the user."; };
      hashedPassword = mkOption { type = types.nullOr (types.passwdEntry types.str); default = null; description = "Specifies the hashed password for the user."; };
      openssh.authorizedKeys.keys = mkOption { type = types.listOf types.singleLineStr; default = [ ]; description = "A list of verbatim OpenSSH public keys that should be added to the user's authorized keys."; };
    };
  };
  shellOf = u: if u.shell == null then "/run/current-system/sw/bin/nologin" else if u.shell ? shellPath then "/run/current-system/sw${u.shell.shellPath}" else u.shell;
in
{
  options = {
    users.users = mkOption { default = { }; type = types.attrsOf (types.submodule userModule); description = "Additional user accounts to be created automatically by the system."; };
    users.groups = mkOption {
      default = { };
      description = "Additional groups to be created automatically by the system.";
      type = types.attrsOf (types.submodule {
        options.gid = mkOption { type = types.nullOr types.int; default = null; description = "The group GID."; };
        options.members = mkOption { type = types.listOf types.str; default = [ ]; description = "The user names of the group members, added to the `/etc/group` file."; };
      });
    };
    users.defaultUserShell = mkOption { type = types.either types.path types.shellPackage; default = pkgs.bash; defaultText = lib.literalExpression "pkgs.bashInteractive"; example = lib.literalExpression "pkgs.zsh"; description = "This option defines the default shell assigned to user accounts."; };
    users.mutableUsers = mkOption { type = types.bool; default = true; description = "If set to `true`, you are free to add new users and groups to the system with the ordinary `useradd` and `groupadd` commands."; };
    security.sudo.enable = mkOption { type = types.bool; default = true; description = "Whether to enable the {command}`sudo` command, which allows non-root users to execute commands as root."; };
    security.sudo.wheelNeedsPassword = mkOption { type = types.bool; default = true; description = "Whether users of the `wheel` group must provide a password to run commands as super user via {command}`sudo`."; };
    security.sudo.extraConfig = mkOption { type = types.lines; default = ""; description = "Extra configuration text appended to {file}`sudoers`."; };
    security.polkit.enable = mkEnableOption "polkit";
    security.rtkit.enable = mkEnableOption "the RealtimeKit system service";
  };
  config = {
    users.users.root = { uid = 0; description = "System administrator"; home = "/root"; group = "root"; isSystemUser = true; };
    users.groups = { root.gid = 0; wheel.gid = 1; users.gid = 100; };
    assertions = lib.mapAttrsToList
      (n: u: {
        assertion = u.isNormalUser != u.isSystemUser;
        message = "Exactly one of `users.users.${n}.isSystemUser` and `users.users.${n}.isNormalUser` must be set.";
      })
      cfg.users
    ++ lib.mapAttrsToList
      (n: u: {
        assertion = u.shell == null || !(u.shell ? shellPath) || lib.getName u.shell != "zsh" || config.programs.zsh.enable;
        message = "users.users.${n}.shell is set to zsh, but programs.zsh.enable is not true. This will cause the zsh\nshell to lack the basic nix directories in its PATH and might make logging in as\n${n} impossible. You can fix it with:\nprograms.zsh.enable = true;\n\nIf you know what you're doing and you are fine with the behavior,\nset users.users.${n}.ignoreShellProgramCheck = true; instead.";
      })
      cfg.users;
    environment.etc = lib.mkMerge [
      {
        passwd.text = lib.concatStrings (lib.mapAttrsToList (n: u: "${n}:x:${toString u.uid}:${u.group}:${u.description}:${u.home}:${shellOf u}\n") cfg.users);
        group.text = lib.concatStrings (lib.mapAttrsToList
          (n: g: "${n}:x:${toString g.gid}:${lib.concatStringsSep "," (lib.unique (g.members ++ lib.attrNames (lib.filterAttrs (_: u: builtins.elem n u.extraGroups) cfg.users)))}\n")
          cfg.groups);
      }
      (lib.mkIf config.security.sudo.enable {
        sudoers.text = "root ALL=(ALL:ALL) SETENV: ALL\n%wheel ALL=(ALL:ALL) ${lib.optionalString (!config.security.sudo.wheelNeedsPassword) "NOPASSWD:"}SETENV: ALL\n${config.security.sudo.extraConfig}";
      })
      (lib.mapAttrs'
        (n: u: lib.nameValuePair "profiles/per-user/${n}" {
          source = pkgs.buildEnv { name = "user-environment"; paths = u.packages; };
        })
        (lib.filterAttrs (_: u: u.packages != [ ]) cfg.users))
    ];
    environment.systemPackages = lib.mkIf config.security.sudo.enable [ pkgs.sudo ];
  };
}
