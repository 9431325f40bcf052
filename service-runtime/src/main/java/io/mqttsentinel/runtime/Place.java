package io.mqttsentinel.runtime;

/**
 * A point on the earth, as well as a file knows it.
 *
 * @param latitude degrees, south negative
 * @param longitude degrees, west negative
 * @param accuracy km by which it may be wrong, 0 where the file does not say
 */
public record Place(double latitude, double longitude, int accuracy) {

  private static final double EARTH_RADIUS = 6371;

  /** Kilometres between two places at least: along a great circle, less what both may be wrong. */
  public double distance(Place other) {
    double north = Math.toRadians(other.latitude - latitude) / 2;
    double east = Math.toRadians(other.longitude - longitude) / 2;
    double haversine =
        square(Math.sin(north))
            + Math.cos(Math.toRadians(latitude))
                * Math.cos(Math.toRadians(other.latitude))
                * square(Math.sin(east));
    double circle = 2 * EARTH_RADIUS * Math.asin(Math.sqrt(Math.min(1, haversine)));
    return Math.max(0, circle - accuracy - other.accuracy);
  }

  private static double square(double value) {
    return value * value;
  }
}
