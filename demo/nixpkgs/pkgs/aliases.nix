# Other names of packages, and the names of those which are gone.
{ lib, final, release }:
{
  python3 = final.python312;
  nodejs = final.nodejs_22;
  postgresql_17 = final.postgresql;
  openssl_3 = final.openssl;
  bashInteractive = final.bash;
  google-chrome-stable = throw "'google-chrome-stable' has been renamed to/replaced by 'google-chrome'"; # Converted to throw 2025-10-26
  nodejs_18 = throw "Node.js 18.x has reached End-Of-Life and has been removed";
  neofetch = throw "'neofetch' has been removed because it is unmaintained upstream, consider using 'fastfetch' instead";
  python27 = throw "'python27' has been removed because it reached its end of life in 2020";
  kdePackages = { inherit (final) dolphin kdenlive plasma-desktop sddm qtbase; };
}
// lib.optionalAttrs (builtins.elem "sl" (release.removed or [ ])) {
  sl = throw "'sl' has been removed as it was unmaintained upstream";
}
