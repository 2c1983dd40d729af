# Functions and lists: pure helpers which need nothing else.
let
  inherit (builtins) elemAt length genList filter foldl' isFunction concatLists head tail;
in
rec {
  inherit (builtins)
    add attrNames attrValues baseNameOf bitAnd compareVersions concatLists concatMap concatStringsSep deepSeq dirOf
    elem elemAt filter foldl' fromJSON functionArgs genList getAttr hasAttr head intersectAttrs isAttrs isBool
    isFloat isFunction isInt isList isPath isString length listToAttrs map mapAttrs match parseDrvName pathExists
    readFile removeAttrs replaceStrings seq sort stringLength substring tail toJSON tryEval typeOf zipAttrsWith
    addErrorContext all any catAttrs groupBy lessThan partition toString trace splitVersion;

  id = x: x;
  const = x: _: x;
  flip = f: a: b: f b a;
  pipe = foldl' (x: f: f x);
  fix = f: let x = f x; in x;
  fixedPoints.fix = fix;
  composeExtensions = f: g: final: prev: let a = f final prev; in a // g final (prev // a);
  importJSON = path: builtins.fromJSON (builtins.readFile path);
  boolToString = b: if b then "true" else "false";
  min = a: b: if a < b then a else b;
  max = a: b: if a > b then a else b;
  mod = a: b: a - b * (a / b);
  toFunction = f: if isFunction f then f else _: f;
  throwIf = cond: msg: if cond then throw msg else x: x;
  throwIfNot = cond: throwIf (!cond);
  assertMsg = cond: msg: cond || throw msg;
  # Old Nix has no builtins.warn, and its text on the terminal is the same.
  warn = builtins.warn or (msg: builtins.trace "evaluation warning: ${msg}");
  warnIf = cond: msg: if cond then warn msg else x: x;
  warnIfNot = cond: warnIf (!cond);
  showWarnings = warnings: value: foldl' (v: w: warn w v) value warnings;
  isDerivation = x: x.type or null == "derivation";
  isType = type: x: (x._type or "") == type;

  optional = cond: x: if cond then [ x ] else [ ];
  optionals = cond: xs: if cond then xs else [ ];
  singleton = x: [ x ];
  toList = x: if builtins.isList x then x else [ x ];
  range = first: last: if first > last then [ ] else genList (n: first + n) (last - first + 1);
  last = xs: elemAt xs (length xs - 1);
  init = xs: take (length xs - 1) xs;
  take = n: xs: genList (elemAt xs) (min n (length xs));
  drop = n: xs: if n >= length xs then [ ] else genList (i: elemAt xs (i + n)) (length xs - n);
  reverseList = xs: let n = length xs; in genList (i: elemAt xs (n - i - 1)) n;
  imap0 = f: xs: genList (i: f i (elemAt xs i)) (length xs);
  imap1 = f: xs: genList (i: f (i + 1) (elemAt xs i)) (length xs);
  foldr = f: nul: xs: let go = i: if i == length xs then nul else f (elemAt xs i) (go (i + 1)); in go 0;
  foldl = foldl';
  fold = foldr;
  flatten = x: if builtins.isList x then concatLists (map flatten x) else [ x ];
  remove = x: filter (y: y != x);
  unique = foldl' (seen: x: if builtins.elem x seen then seen else seen ++ [ x ]) [ ];
  subtractLists = gone: filter (x: !(builtins.elem x gone));
  intersectLists = xs: filter (x: builtins.elem x xs);
  findFirst = pred: default: xs: let found = filter pred xs; in if found == [ ] then default else head found;
  count = pred: xs: length (filter pred xs);
  zipListsWith = f: a: b: genList (n: f (elemAt a n) (elemAt b n)) (min (length a) (length b));
  sortOn = f: builtins.sort (a: b: f a < f b);
  naturalSort = builtins.sort (a: b: a < b);
  crossLists = f: xs: ys: builtins.concatMap (x: map (f x) ys) xs;
  forEach = xs: f: map f xs;
  isPrefixOf = a: b: a == take (length a) b;
}
