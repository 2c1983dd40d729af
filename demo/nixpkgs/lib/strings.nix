# Strings and version numbers.
{ lib }:
let
  inherit (builtins) concatStringsSep stringLength substring replaceStrings genList match;
  lower = chars "abcdefghijklmnopqrstuvwxyz";
  upper = chars "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  chars = s: genList (i: substring i 1 s) (stringLength s);
in
rec {
  stringToCharacters = chars;
  concatStrings = concatStringsSep "";
  concatMapStrings = f: xs: concatStrings (map f xs);
  concatMapStringsSep = sep: f: xs: concatStringsSep sep (map f xs);
  concatImapStringsSep = sep: f: xs: concatStringsSep sep (lib.imap1 f xs);
  concatLines = concatMapStrings (s: s + "\n");
  intersperse = sep: xs: lib.tail (lib.concatMap (x: [ sep x ]) xs);
  optionalString = cond: s: if cond then s else "";
  hasPrefix = pre: s: substring 0 (stringLength pre) s == pre;
  hasSuffix = suf: s: let n = stringLength s; m = stringLength suf; in n >= m && substring (n - m) m s == suf;
  hasInfix = infix: s: lib.length (splitString infix s) > 1;
  removePrefix = pre: s: if hasPrefix pre s then substring (stringLength pre) (-1) s else s;
  removeSuffix = suf: s: if hasSuffix suf s then substring 0 (stringLength s - stringLength suf) s else s;
  splitString = sep: s: lib.filter lib.isString (builtins.split (escapeRegex sep) (toString s));
  escape = list: replaceStrings list (map (c: "\\" + c) list);
  escapeRegex = escape (chars "\\[{()^$?*+|.");
  escapeNixString = s: replaceStrings [ "$" ] [ "\\$" ] (builtins.toJSON s);
  escapeNixIdentifier = s: if match "[a-zA-Z_][a-zA-Z0-9_'-]*" s != null then s else escapeNixString s;
  escapeShellArg = arg:
    let s = toString arg; in
    if match "[[:alnum:],._+:@%/-]+" s != null then s else "'${replaceStrings [ "'" ] [ "'\\''" ] s}'";
  escapeShellArgs = concatMapStringsSep " " escapeShellArg;
  toUpper = replaceStrings lower upper;
  toLower = replaceStrings upper lower;
  trim = s: let m = match "[[:space:]]*(.*[^[:space:]])?[[:space:]]*" s; in if m == null || lib.head m == null then "" else lib.head m;
  strings-fill = n: c: concatStrings (genList (_: c) n);
  fixedWidthString = width: filler: s: if stringLength s >= width then s else fixedWidthString width filler (filler + s);
  isStringLike = x: lib.isString x || lib.isPath x || x ? outPath || x ? __toString;
  toInt = s: let v = builtins.fromJSON s; in if lib.isInt v then v else throw "toInt: Could not convert ${escapeNixString s} to int.";
  versionOlder = a: b: builtins.compareVersions b a == 1;
  versionAtLeast = a: b: !versionOlder a b;
  versions = rec {
    major = v: lib.head (builtins.splitVersion v);
    majorMinor = v: concatStringsSep "." (lib.take 2 (builtins.splitVersion v));
  };
  getVersion = x: if lib.isAttrs x then x.version or (builtins.parseDrvName x.name).version else (builtins.parseDrvName x).version;
  getName = x: if lib.isAttrs x then x.pname or (builtins.parseDrvName x.name).name else (builtins.parseDrvName x).name;
  literalExpression = text: { _type = "literalExpression"; inherit text; };
  literalMD = text: { _type = "literalMD"; inherit text; };
  mdDoc = text: text;
  generators = {
    toJSON = { }: builtins.toJSON;
    toKeyValue = { }: attrs: concatStrings (lib.mapAttrsToList (n: v: "${n}=${toString v}\n") attrs);
    toPretty = { ... }: lib.toPretty;
  };
}
