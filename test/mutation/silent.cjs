// What jest says of thousands of trials helps nobody.
module.exports = class {};
