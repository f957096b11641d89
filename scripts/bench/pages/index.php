<?php
echo 'well';
