# Values and suggestions as error messages show them.
{ lib }:
let
  inherit (builtins) isAttrs isList isFunction isString isInt isFloat isBool isPath elemAt genList stringLength substring length;

  # The distance between two words: one row of the usual table at a time.
  distance = a: b:
    let
      m = stringLength b;
      char = s: i: substring i 1 s;
      nextRow = row: i:
        lib.foldl'
          (done: j:
            let cost = if char a i == char b j then 0 else 1;
            in done ++ [ (lib.min (lib.min (lib.last done + 1) (elemAt row (j + 1) + 1)) (elemAt row j + cost)) ])
          [ (i + 1) ]
          (genList (j: j) m);
    in
    lib.last (lib.foldl' nextRow (genList (j: j) (m + 1)) (genList (i: i) (stringLength a)));

  show = depth: indent: v:
    let
      inner = indent + "  ";
      block = open: close: items: "${open}\n${lib.concatStrings (map (i: inner + i + "\n") items)}${indent}${close}";
    in
    if v == null then "null"
    else if isBool v then lib.boolToString v
    else if isInt v then toString v
    else if isFloat v then builtins.toJSON v
    else if isString v then
      (if lib.hasInfix "\n" v
      then "''\n" + lib.concatMapStrings (l: inner + l + "\n") (lib.splitString "\n" (lib.removeSuffix "\n" v)) + "${indent}''"
      else lib.escapeNixString v)
    else if isPath v then toString v
    else if isFunction v then "<function>"
    else if depth > 9 then "<unevaluated>"
    else if isList v then (if v == [ ] then "[ ]" else block "[" "]" (map (show (depth + 1) inner) v))
    else if v.type or null == "derivation" then "<derivation ${v.name or "???"}>"
    else if isAttrs v && v ? __functor then "<function>"
    else if v == { } then "{ }"
    else block "{" "}" (lib.mapAttrsToList (n: x: "${lib.escapeNixIdentifier n} = ${show (depth + 1) inner x};") v);
in
{
  toPretty = show 0 "";

  # "Did you mean `a', `b' or `c'?" for the nearest of the candidates.
  didYouMean = wanted: candidates:
    let
      near = lib.take 3 (map (x: x.name) (lib.sortOn (x: x.far) (map (name: { inherit name; far = distance wanted name; }) candidates)));
      quoted = map (n: "`${n}'") near;
    in
    if near == [ ] then ""
    else "\n\nDid you mean ${if length near == 1 then lib.head quoted else "${lib.concatStringsSep ", " (lib.init quoted)} or ${lib.last quoted}"}?";
}
