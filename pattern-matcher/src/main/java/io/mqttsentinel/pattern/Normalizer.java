package io.mqttsentinel.pattern;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;

/**
 * Shows a text in all the forms that someone behind may read in it. Layer by layer, breadth first:
 * strings of JSON unescaped, percent encoding, HTML references and disguised Unicode undone in
 * place; runs of base64 and hexadecimal, compressed and UTF-16 texts opened; comments and shell
 * tricks that split words taken out. The raw text always comes first; a text without any trace of
 * an encoding costs one look. Used by one thread at a time.
 */
final class Normalizer {

  /** Receives the views; the bytes are only lent. */
  interface ViewSink {
    void view(byte[] bytes, String chain);
  }

  /** Which limit ended the decoding early. */
  enum Limit {
    NONE,
    DEPTH,
    VIEWS,
    BYTES
  }

  static final String RAW = "raw";

  private final DecodeLimits limits;
  private final ByteBuilder out = new ByteBuilder();
  private final ByteBuilder spare = new ByteBuilder();
  private final ArrayDeque<View> queue = new ArrayDeque<>();
  private final Set<Long> seen = new HashSet<>();
  private int views;
  private int bytes;
  private Limit hit;

  Normalizer(DecodeLimits limits) {
    this.limits = limits;
  }

  /** Hands the raw text and all its views to {@code sink}. */
  Limit expand(byte[] text, ViewSink sink) {
    sink.view(text, RAW);
    int signals = Signals.of(text, text.length);
    if (signals == 0) {
      return Limit.NONE;
    }
    queue.clear();
    seen.clear();
    views = 0;
    bytes = 0;
    hit = Limit.NONE;
    decode(new View(text, "", 0), signals);
    while (!queue.isEmpty()) {
      View view = queue.remove();
      sink.view(view.bytes, view.chain);
      int more = Signals.of(view.bytes, view.bytes.length);
      if (more != 0) {
        decode(view, more);
      }
    }
    return hit;
  }

  private void decode(View from, int signals) {
    boolean json =
        (signals & Signals.IN_PLACE) != 0 && JsonStrings.looksLike(from.bytes, from.bytes.length);
    if ((signals & Signals.IN_PLACE) != 0) {
      inPlace(from, signals, json);
    }
    // The strings of a JSON text are looked at alone, unescaped: not here, with their backslashes.
    if ((signals & (Signals.COMMENT | Signals.SHELL)) != 0) {
      strip(from, json ? signals & ~Signals.SHELL : signals);
    }
    if ((signals & Signals.BASE64) != 0) {
      start();
      EncodedRuns.decode(from.bytes, from.bytes.length, Signals.BASE64, out);
      finish(from, "base64");
    }
    if ((signals & Signals.HEX) != 0) {
      start();
      EncodedRuns.decode(from.bytes, from.bytes.length, Signals.HEX, out);
      finish(from, "hex");
    }
    if ((signals & Signals.COMPRESSED) != 0) {
      start();
      Inflation.decode(from.bytes, from.bytes.length, out);
      finish(from, "inflated");
    }
    if ((signals & Signals.WIDE) != 0) {
      start();
      WideText.decode(from.bytes, from.bytes.length, out);
      finish(from, "utf16");
    }
  }

  /** Each kind after the other on the same text: one view for a layer, not one for each order. */
  private void inPlace(View from, int signals, boolean json) {
    StringBuilder chain = new StringBuilder();
    byte[] text = from.bytes;
    int length = text.length;
    int todo = signals;
    if (json) {
      start();
      JsonStrings.joinEncoded(text, length, out);
      text = out.copy();
      length = text.length;
      todo = Signals.of(text, length);
      chain.append(">json");
    } else if ((signals & Signals.ESCAPE) != 0) {
      start();
      Escapes.decode(text, 0, length, out);
      if (!out.isSame(text, length)) {
        chain.append(">escape");
      }
      text = out.copy();
      length = text.length;
    }
    if ((todo & Signals.PERCENT) != 0) {
      start();
      Escapes.percent(text, length, out);
      text = step(text, ">url", chain);
      length = text.length;
    }
    if ((todo & Signals.ENTITY) != 0) {
      start();
      HtmlEntities.decode(text, length, out);
      text = step(text, ">html", chain);
      length = text.length;
    }
    if ((todo & Signals.UNICODE) != 0) {
      start();
      Escapes.unicode(text, length, out);
      text = step(text, ">unicode", chain);
      length = text.length;
    }
    if (!chain.isEmpty()) {
      out.reset(limits.bytes());
      out.add(text, 0, length);
      finish(from, chain.substring(1));
    }
  }

  private byte[] step(byte[] before, String name, StringBuilder chain) {
    if (out.isSame(before, before.length)) {
      return before;
    }
    if (out.isCut()) {
      hit = Limit.BYTES;
    }
    chain.append(name);
    return out.copy();
  }

  private void strip(View from, int signals) {
    start();
    byte[] text = from.bytes;
    int length = text.length;
    if ((signals & Signals.COMMENT) != 0) {
      Stripping.comments(text, length, out);
      text = out.copy();
      length = text.length;
    }
    if ((signals & Signals.SHELL) != 0) {
      spare.reset(limits.bytes());
      Stripping.shell(text, length, spare);
      text = spare.copy();
      length = text.length;
    }
    out.reset(limits.bytes());
    out.add(text, 0, length);
    if (!out.isSame(from.bytes, from.bytes.length)) {
      finish(from, "stripped");
    }
  }

  private void start() {
    out.reset(limits.bytes());
  }

  /** Queues what lies in {@code out} as a view, unless it is empty, known or too much. */
  private void finish(View from, String step) {
    if (out.length() == 0 || !seen.add(hash(out))) {
      return;
    }
    if (from.depth == limits.depth()) {
      hit = Limit.DEPTH;
      return;
    }
    if (views == limits.views()) {
      hit = Limit.VIEWS;
      return;
    }
    int room = limits.bytes() - bytes;
    if (out.isCut() || out.length() > room) {
      hit = Limit.BYTES;
    }
    int length = Math.min(out.length(), room);
    if (length == 0) {
      return;
    }
    out.shorten(length);
    views++;
    bytes += length;
    String chain = from.chain.isEmpty() ? step : from.chain + ">" + step;
    queue.add(new View(out.copy(), chain, from.depth + 1));
  }

  private static long hash(ByteBuilder text) {
    long hash = text.length();
    byte[] bytes = text.bytes();
    for (int i = 0; i < text.length(); i++) {
      hash = hash * 0x9E3779B97F4A7C15L + bytes[i];
      hash ^= hash >>> 29;
    }
    return hash;
  }

  private static final class View {

    private final byte[] bytes;
    private final String chain;
    private final int depth;

    View(byte[] bytes, String chain, int depth) {
      this.bytes = bytes;
      this.chain = chain;
      this.depth = depth;
    }
  }
}
