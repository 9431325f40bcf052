package io.mqttsentinel.pattern;

import java.util.Locale;

/** In which way a text makes a browser act. */
enum MarkupShape {
  /** An element that runs or fetches something. */
  ELEMENT,
  /** An attribute that handles an event. */
  HANDLER,
  /** An address that is a script or carries markup. */
  ADDRESS,
  /** A string of a script is closed and the script goes on. */
  SCRIPT;

  /** As findings name it. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
