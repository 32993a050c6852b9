/** What the example `weather.yaml` calls. */

export async function getTemperature({ city }: { city: string }): Promise<string> {
  return `The temperature in ${city} is 20° Celsius`
}

export async function sendEmail({ subject }: { subject: string; body: string }): Promise<string> {
  return `Sent '${subject}'`
}

/** Whether a person must look at an email before it is sent. */
export async function requiresReview({ subject }: { subject: string }): Promise<boolean> {
  return subject.toLowerCase().includes('refund')
}
