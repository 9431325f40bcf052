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
  private boolean complete;

  /** Forgets what was judged before. */
  void none() {
    sql = false;
    markup = false;
    complete = true;
  }

  /** Judges the first {@code length} bytes anew. */
  void look(byte[] view, int length) {
    none();
    segments.reset(view, length);
    while (!(sql && markup) && segments.next()) {
      if (segments.isPlain()) {
        continue;
      }
      if (!sql) {
        sql = sqlOpinion.judge(view, segments.from(), segments.to());
        complete &= sqlOpinion.isComplete();
      }
      if (!markup) {
        markup = markupOpinion.judge(view, segments.from(), segments.to());
        complete &= markupOpinion.isComplete();
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
    return complete;
  }

  SqlOpinion sql() {
    return sqlOpinion;
  }

  MarkupOpinion markup() {
    return markupOpinion;
  }
}
