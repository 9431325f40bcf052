package io.mqttsentinel.pattern;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A set of names, looked up in a text without making a string; zero bytes in it do not count. */
final class MarkupWords {

  /** Elements that run or fetch something by being there. */
  static final MarkupWords ACTIVE =
      of("script iframe applet frameset isindex bgsound layer ilayer");

  /** Elements that do so with an address, and that other texts know under the same name. */
  static final MarkupWords EMBEDDING =
      of("object embed frame base link meta style import xml xml-stylesheet form math portal");

  /** Attributes that hold an address that a browser may follow. */
  static final MarkupWords ADDRESS =
      of(
          "href src action formaction xlink:href data poster background lowsrc dynsrc srcdoc to"
              + " from values by code codebase classid content cite usemap profile srcset ping url"
              + " longdesc manifest archive style");

  /** Events that the handlers of a browser bear. */
  static final MarkupWords EVENTS =
      of(
          "onabort onactivate onafterprint onafterscriptexecute onanimationcancel onanimationend"
              + " onanimationiteration onanimationstart onauxclick onbeforeactivate onbeforecopy"
              + " onbeforecut onbeforeinput onbeforeprint onbeforescriptexecute onbeforetoggle"
              + " onbeforeunload onbegin onblur onbounce oncanplay oncanplaythrough onchange"
              + " onclick onclose oncontextmenu oncopy oncuechange oncut ondblclick ondrag"
              + " ondragend ondragenter ondragexit ondragleave ondragover ondragstart ondrop"
              + " ondurationchange onend onended onerror onfinish onfocus onfocusin onfocusout"
              + " onformdata onfullscreenchange onhashchange oninput oninvalid onkeydown onkeypress"
              + " onkeyup onload onloadeddata onloadedmetadata onloadend onloadstart onmessage"
              + " onmousedown onmouseenter onmouseleave onmousemove onmouseout onmouseover"
              + " onmouseup onmousewheel onpagehide onpageshow onpaste onpause onplay onplaying"
              + " onpointercancel onpointerdown onpointerenter onpointerleave onpointermove"
              + " onpointerout onpointerover onpointerrawupdate onpointerup onpopstate onprogress"
              + " onpropertychange onratechange onreadystatechange onrepeat onreset onresize"
              + " onscroll onscrollend onsearch onseeked onseeking onselect onselectionchange"
              + " onselectstart onshow onstart onstorage onsubmit onsuspend ontimeupdate ontoggle"
              + " ontouchcancel ontouchend ontouchmove ontouchstart ontransitioncancel"
              + " ontransitionend ontransitionrun ontransitionstart onunhandledrejection onunload"
              + " onvolumechange onwaiting onwebkitanimationend onwebkitanimationstart"
              + " onwebkittransitionend onwheel");

  /** What a script that breaks out of a string reaches for first. */
  static final MarkupWords SCRIPT =
      of(
          "alert confirm prompt eval document window location top self parent frames globalthis"
              + " fetch import function settimeout setinterval xmlhttprequest constructor console");

  /** Those of them that other languages do not have as objects of their own. */
  static final MarkupWords DOTTED =
      of("document window location top globalthis frames constructor console");

  private final byte[][] slots;
  private final int longest;

  private MarkupWords(String[] words) {
    slots = new byte[Integer.highestOneBit(words.length) * 4][];
    longest = Arrays.stream(words).mapToInt(String::length).max().orElse(0);
    for (String word : words) {
      byte[] bytes = word.getBytes(StandardCharsets.US_ASCII);
      slots[slot(bytes, 0, bytes.length)] = bytes;
    }
  }

  private static MarkupWords of(String words) {
    return new MarkupWords(words.split(" ", -1));
  }

  boolean contains(byte[] text, int from, int to) {
    return to > from && to - from <= 2 * longest && slots[slot(text, from, to)] != null;
  }

  /** Where the name is, or the free place where it would be. */
  private int slot(byte[] text, int from, int to) {
    int hash = 0;
    for (int i = from; i < to; i++) {
      if (text[i] != 0) {
        hash = hash * 31 + SqlWords.lower(text[i]);
      }
    }
    int slot = (hash ^ hash >>> 11) & (slots.length - 1);
    while (slots[slot] != null && !same(slots[slot], text, from, to)) {
      slot = (slot + 1) & (slots.length - 1);
    }
    return slot;
  }

  private static boolean same(byte[] word, byte[] text, int from, int to) {
    int next = 0;
    for (int i = from; i < to; i++) {
      if (text[i] == 0) {
        continue;
      }
      if (next == word.length || word[next++] != SqlWords.lower(text[i])) {
        return false;
      }
    }
    return next == word.length;
  }
}
