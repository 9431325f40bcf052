package io.mqttsentinel.pattern;

/**
 * Asks both tokenisers about every part of a view. Linear in the view, without allocation; used by
 * one thread at a time.
 */
final class SecondOpinion {

  private final Segments segments = new Segments();
  private final SqlOpinion sqlOpinion = new SqlOpinion();
  private final MarkupOpinion markupOpinion = new MarkupOpinion();
  private boolean sql;
  private boolean markup;

  /** Forgets what was judged before. */
  void none() {
    sql = false;
    markup = false;
    sqlOpinion.reset(0);
    markupOpinion.reset(0);
  }

  /** Judges the first {@code length} bytes of a text anew. */
  void look(byte[] view, int length) {
    look(view, length, false);
  }

  /**
   * Judges the first {@code length} bytes anew.
   *
   * @param binary they come from binary data, where quotes and operators stand together by chance
   */
  void look(byte[] view, int length, boolean binary) {
    sql = false;
    markup = false;
    lookOn(view, length, binary);
  }

  /** Judges a further part of a text; what was found before stays found. */
  void lookOn(byte[] view, int length, boolean binary) {
    segments.reset(view, length);
    sqlOpinion.reset(length);
    markupOpinion.reset(length);
    while (!(sql && markup) && isComplete() && segments.next()) {
      if (segments.isPlain()) {
        continue;
      }
      if (!sql) {
        sql = sqlOpinion.judge(view, segments.from(), segments.to(), binary);
      }
      if (!markup) {
        markup = markupOpinion.judge(view, segments.from(), segments.to());
      }
    }
  }

  /** The view goes on with an SQL statement. */
  boolean isSql() {
    return sql;
  }

  /** The view makes a browser act. */
  boolean isMarkup() {
    return markup;
  }

  boolean confirms(Confirmation wanted) {
    return switch (wanted) {
      case NONE -> true;
      case SQL -> sql;
      case MARKUP -> markup;
    };
  }

  /** False where there was more to read closely than is allowed. */
  boolean isComplete() {
    return sqlOpinion.isComplete() && markupOpinion.isComplete();
  }

  SqlOpinion sql() {
    return sqlOpinion;
  }

  MarkupOpinion markup() {
    return markupOpinion;
  }
}
