# The licences the package table names.
builtins.mapAttrs (shortName: v: { inherit shortName; free = true; } // v) {
  asl20 = { fullName = "Apache License 2.0"; spdxId = "Apache-2.0"; };
  bsd3 = { fullName = "BSD 3-clause \"New\" or \"Revised\" License"; spdxId = "BSD-3-Clause"; };
  curl = { fullName = "curl License"; spdxId = "curl"; };
  gpl2Only = { fullName = "GNU General Public License v2.0 only"; spdxId = "GPL-2.0-only"; };
  gpl3Plus = { fullName = "GNU General Public License v3.0 or later"; spdxId = "GPL-3.0-or-later"; };
  lgpl21Plus = { fullName = "GNU Lesser General Public License v2.1 or later"; spdxId = "LGPL-2.1-or-later"; };
  mit = { fullName = "MIT License"; spdxId = "MIT"; };
  mpl20 = { fullName = "Mozilla Public License 2.0"; spdxId = "MPL-2.0"; };
  openssl = { fullName = "OpenSSL License"; spdxId = "OpenSSL"; };
  postgresql = { fullName = "PostgreSQL License"; spdxId = "PostgreSQL"; };
  psfl = { fullName = "Python Software Foundation License version 2"; spdxId = "Python-2.0"; };
  unfree = { fullName = "Unfree"; free = false; };
  vim = { fullName = "Vim License"; spdxId = "Vim"; };
  zlib = { fullName = "zlib License"; spdxId = "Zlib"; };
}
