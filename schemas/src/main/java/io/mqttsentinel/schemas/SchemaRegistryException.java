package io.mqttsentinel.schemas;

/** The registry refused or could not be asked; the message says which address, what and why. */
public final class SchemaRegistryException extends RuntimeException {

  private final boolean passing;

  private SchemaRegistryException(String message, Throwable cause, boolean passing) {
    super(message, cause);
    this.passing = passing;
  }

  /** The registry's final word: asking again gives the same answer. */
  static SchemaRegistryException refused(String message) {
    return new SchemaRegistryException(message, null, false);
  }

  /** Nobody answered; what could not be read now may well be readable later. */
  static SchemaRegistryException unreachable(String message, Throwable cause) {
    return new SchemaRegistryException(message, cause, true);
  }

  /** True where the failure says nothing about the record that was to be read. */
  public boolean isPassing() {
    return passing;
  }
}
